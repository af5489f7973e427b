"""TensorFlow's C API by ctypes: what a program without Python does with a SavedModel.

    python c_api.py LIBRARIES DIRECTORY INPUT OUTPUT TEXT RESULT.npy

loads the SavedModel in DIRECTORY by the shared libraries of TensorFlow's folder LIBRARIES, feeds
TEXT as a batch of one to the tensor INPUT, fetches the float tensor OUTPUT and saves it as RESULT.
"""

import ctypes
import sys
from ctypes import byref, c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path

import numpy as np

STRING, FLOAT = 7, 1  # TF_DataType
TSTRING_BYTES = 24


class Output(ctypes.Structure):
    """TF_Output."""

    _fields_ = [("operation", c_void_p), ("index", c_int)]


def main(libraries, directory, input_name, output_name, text, result):
    api = open_library(libraries)
    graph, session = api.load(directory)
    fed = Output(*api.place(graph, input_name))
    fetched = Output(*api.place(graph, output_name))
    np.save(result, api.run(session, fed, api.string_tensor(text.encode()), fetched))


def open_library(folder):
    """The functions of TensorFlow's shared libraries in this folder."""
    (framework,) = Path(folder).glob("libtensorflow_framework.so*")
    (library,) = Path(folder).glob("libtensorflow_cc.so*")
    ctypes.CDLL(str(framework), mode=ctypes.RTLD_GLOBAL)
    return _Api(ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL))


class _Api:
    def __init__(self, library):
        self.library = library
        pointers = """
            TF_NewStatus TF_NewGraph TF_NewSessionOptions TF_LoadSessionFromSavedModel
            TF_GraphOperationByName TF_AllocateTensor TF_TensorData
        """
        for name in pointers.split():
            getattr(library, name).restype = c_void_p
        library.TF_Message.restype = c_char_p
        library.TF_Dim.restype = c_int64
        self.status = c_void_p(library.TF_NewStatus())

    def check(self):
        if self.library.TF_GetCode(self.status) != 0:
            raise RuntimeError(self.library.TF_Message(self.status).decode())

    def load(self, directory):
        graph = c_void_p(self.library.TF_NewGraph())
        options = c_void_p(self.library.TF_NewSessionOptions())
        tags = (c_char_p * 1)(b"serve")
        session = c_void_p(
            self.library.TF_LoadSessionFromSavedModel(
                options, None, directory.encode(), tags, 1, graph, None, self.status
            )
        )
        self.check()
        return graph, session

    def place(self, graph, name):
        operation, index = name.split(":")
        found = self.library.TF_GraphOperationByName(graph, operation.encode())
        if not found:
            raise RuntimeError(f"no operation {operation}")
        return found, int(index)

    def string_tensor(self, text):
        shape = (c_int64 * 1)(1)
        tensor = c_void_p(self.library.TF_AllocateTensor(STRING, shape, 1, c_size_t(TSTRING_BYTES)))
        data = c_void_p(self.library.TF_TensorData(tensor))
        self.library.TF_StringInit(data)
        self.library.TF_StringCopy(data, text, c_size_t(len(text)))
        return tensor

    def run(self, session, fed, value, fetched):
        result = c_void_p()
        self.library.TF_SessionRun(
            session, None, byref(fed), byref(value), 1, byref(fetched), byref(result), 1,
            None, 0, None, self.status,
        )  # fmt: skip
        self.check()
        assert self.library.TF_TensorType(result) == FLOAT
        shape = [self.library.TF_Dim(result, i) for i in range(self.library.TF_NumDims(result))]
        data = ctypes.cast(self.library.TF_TensorData(result), ctypes.POINTER(ctypes.c_float))
        return np.ctypeslib.as_array(data, shape).copy()


if __name__ == "__main__":
    main(*sys.argv[1:])
