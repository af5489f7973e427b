"""What the graphs of a SavedModel may do: compute, and nothing else.

A graph is a program: TensorFlow has operations that call Python, read and write any file, and open
connections, and every release may bring others. So those are listed that are known to do nothing of
the kind, and a graph with any other is refused before TensorFlow has seen it.
"""

# Functions of their inputs alone, and of the variables.
ALLOWED = frozenset(
    # Values and their shapes
    """Bitcast BroadcastArgs BroadcastTo Cast CheckNumerics ConcatOffset ConcatV2 Const DeepCopy
    EnsureShape ExpandDims Fill Identity IdentityN InvertPermutation LinSpace OneHot OnesLike Pack
    Pad PadV2 MirrorPad ParallelConcat Placeholder PlaceholderWithDefault PreventGradient Range Rank
    Reshape ReverseSequence ReverseV2 Roll Shape ShapeN Size Slice Snapshot Split SplitV Squeeze
    StopGradient StridedSlice Tile Transpose Unpack ZerosLike BatchToSpace BatchToSpaceND
    SpaceToBatch SpaceToBatchND DepthToSpace SpaceToDepth"""
    # Flow of control; what it calls is looked at, too
    """ Assert Case If NoOp PartitionedCall StatefulPartitionedCall StatelessCase StatelessIf
    StatelessWhile While Merge Switch Enter Exit LoopCond NextIteration"""
    # Variables; nothing may change them
    """ ReadVariableOp ResourceGather ResourceGatherNd VarHandleOp VarIsInitializedOp
    VariableShape"""
    # Choice and search
    """ ArgMax ArgMin Bincount DenseBincount Bucketize DynamicPartition DynamicStitch Gather
    GatherNd GatherV2 InTopKV2 LowerBound ParallelDynamicStitch ScatterNd Select
    SelectV2 TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub
    TensorScatterUpdate TensorStridedSliceUpdate TopKV2 Unique UniqueV2 UniqueWithCounts UpperBound
    Where ListDiff"""
    # Lists of tensors, and rows of different lengths
    """ EmptyTensorList TensorListConcatV2 TensorListElementShape TensorListFromTensor
    TensorListGather TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack
    TensorListReserve TensorListResize TensorListScatterV2 TensorListSetItem TensorListSplit
    TensorListStack RaggedBincount RaggedGather RaggedRange RaggedTensorFromVariant
    RaggedTensorToTensor RaggedTensorToVariant"""
    # Arithmetic and comparison
    """ Abs AccumulateNV2 Acos Acosh Add AddN AddV2 Angle ApproximateEqual Asin Asinh Atan Atan2
    Atanh BitwiseAnd BitwiseOr BitwiseXor Ceil ClipByValue Complex ComplexAbs Conj Cos Cosh Digamma
    Div DivNoNan Equal Erf Erfc Erfinv Exp Expm1 Floor FloorDiv FloorMod Greater GreaterEqual Imag
    Inv Invert IsFinite IsInf IsNan LeftShift Less LessEqual Lgamma Log Log1p LogicalAnd LogicalNot
    LogicalOr Maximum Minimum Mod Mul MulNoNan Ndtri Neg NextAfter NotEqual PopulationCount Pow Real
    RealDiv Reciprocal RightShift Rint Round Rsqrt Sigmoid Sign Sin Sinh Sqrt Square
    SquaredDifference Sub Tan Tanh TruncateDiv TruncateMod Xdivy Xlog1py Xlogy Zeta"""
    # Sums and other reductions
    """ All Any Cumprod Cumsum CumulativeLogsumexp EuclideanNorm LogSoftmax Max Mean
    Min Prod SegmentMax SegmentMaxV2 SegmentMean SegmentMin SegmentMinV2 SegmentProd SegmentProdV2
    SegmentSum SegmentSumV2 Softmax Sum UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd
    UnsortedSegmentSum"""
    # Matrices
    """ BatchMatMul BatchMatMulV2 BatchMatMulV3 Cholesky Einsum MatMul MatrixBandPart
    MatrixDeterminant MatrixDiagPartV3 MatrixDiagV3 MatrixInverse MatrixSetDiagV3 MatrixSolve
    MatrixTriangularSolve Qr Svd LogMatrixDeterminant"""
    # Networks
    """ AvgPool BiasAdd BiasAddV1 Conv Conv2D Conv2DBackpropInput Conv3D DepthwiseConv2dNative
    DepthwiseConv2dNativeBackpropInput Elu FusedBatchNormV3 L2Loss LeakyRelu MaxPool MaxPoolV2 Relu
    Relu6 Selu Softplus Softsign ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor"""
    # Few bits
    """ Dequantize FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
    FakeQuantWithMinMaxVarsPerChannel QuantizeAndDequantizeV2 QuantizeAndDequantizeV3
    QuantizeAndDequantizeV4 QuantizeV2"""
    # Spectra and sound
    """ DecodeWav EncodeWav FFT FFT2D FFTND IFFT IFFT2D IFFTND IRFFT IRFFT2D IRFFTND RFFT RFFT2D
    RFFTND"""
    # Random numbers
    """ Multinomial RandomStandardNormal RandomUniform RandomUniformInt StatelessMultinomial
    StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg
    StatelessRandomNormal StatelessRandomNormalV2 StatelessRandomUniform
    StatelessRandomUniformFullInt StatelessRandomUniformFullIntV2 StatelessRandomUniformInt
    StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessTruncatedNormal
    StatelessTruncatedNormalV2 TruncatedNormal"""
    # Text
    """ AsString DecodeBase64 EncodeBase64 ReduceJoin RegexFullMatch RegexReplace
    StaticRegexFullMatch StaticRegexReplace StringJoin StringLength StringLower StringNGrams
    StringSplit StringSplitV2 StringStrip StringToHashBucket StringToHashBucketFast
    StringToHashBucketStrong StringToNumber StringUpper Substr UnicodeDecode
    UnicodeDecodeWithOffsets UnicodeEncode UnicodeScript UnicodeTranscode UnsortedSegmentJoin"""
    # What a compiler puts in the place of these
    """ XlaBroadcastHelper XlaConcatND XlaConv XlaConvV2 XlaDot XlaDotV2 XlaDynamicSlice
    XlaDynamicUpdateSlice XlaEinsum XlaGather XlaKeyValueSort XlaPad XlaReduce XlaReduceWindow
    XlaScatter XlaSelectAndScatter XlaSort XlaVariadicReduceV2 XlaVariadicSort""".split()
)  # fmt: skip

# By these a SavedModel writes and reads its variables, in functions that only other loaders call.
SAVING = frozenset(
    "AssignVariableOp DisableCopyOnRead MergeV2Checkpoints RestoreV2 SaveV2 ShardedFilename".split()
)

# The objects around the functions. Others take more code to load: tables, files, those of Keras.
KINDS = {"user_object", "variable", "constant", "captured_tensor", "bare_concrete_function"}
CLASSES = {"_generic_user_object", "signature_map", "trackable_list_wrapper"}
REGISTERED = {"", "tf.TrackableConstant"}


def require_harmless(meta_graph):
    """Raises `ValueError` unless to load a SavedModel, and to call it, can only compute.

    All of its graphs are looked at: the outer one and every function, whoever calls it.

    Args:
        meta_graph: `MetaGraphDef`. The message goes on after "... cannot be served: ".
    """
    graph, objects = meta_graph.graph_def, meta_graph.object_graph_def
    functions = {each.signature.name: each.node_def for each in graph.library.function}
    # None is called as an operation is, so that no name has two meanings.
    names = {name for name in functions if name.startswith("__")}
    savers = {name for name, nodes in functions.items() if any(node.op in SAVING for node in nodes)}
    # The outer graph calls them, for loaders of other languages; it is not run here.
    called = {each.gradient_func for each in graph.library.gradient}
    called |= {each.gradient_func for each in graph.library.registered_gradients}
    called |= set(objects.concrete_functions)
    for name, nodes in (("", graph.node), *functions.items()):
        allowed = ALLOWED | names | (SAVING if name in savers else set())
        for node in nodes:
            if node.op not in allowed:
                raise ValueError(
                    f"its graph has the operation {node.op}, which is not among those that are "
                    "known to do nothing but compute"
                )
            if name:
                called |= _called(node)
    for node in objects.nodes:
        called.add(node.bare_concrete_function.concrete_function_name)
        _require_plain(node)
    if savers & called:
        raise ValueError("its graph reads or writes files")
    if meta_graph.asset_file_def:
        raise ValueError("it has files of its own (assets)")


def _called(node):
    """Names of the functions that a node calls."""
    names = {node.op}
    for value in node.attr.values():
        names.add(value.func.name)
        names.update(each.name for each in value.list.func)
    return names


def _require_plain(node):
    kind = node.WhichOneof("kind")
    plain = kind in KINDS and node.registered_name in REGISTERED
    plain = plain and not (node.registered_saver or node.saveable_objects)
    if kind == "user_object":
        kind = node.user_object.identifier
        plain = plain and kind in CLASSES
    if not plain:
        kind = node.registered_name or kind
        raise ValueError(f"it has an object of the kind {kind!r}, which takes more code to load")
