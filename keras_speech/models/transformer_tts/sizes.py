"""Which sizes of a Transformer fit together."""


def check_sizes(channels, n_heads, guided_heads, guided_blocks, decoder_blocks):
    """Raise `ValueError` for sizes of a Transformer that contradict each other."""
    if channels % 2 or channels % n_heads:
        raise ValueError(
            "`channels` must be even and a multiple of `n_heads`. "
            f"Received: channels={channels}, n_heads={n_heads}"
        )
    if guided_heads > n_heads:
        raise ValueError(
            "`guided_heads` must not exceed `n_heads`. "
            f"Received: guided_heads={guided_heads}, n_heads={n_heads}"
        )
    if guided_blocks > decoder_blocks:
        raise ValueError(
            "`guided_blocks` must not exceed `decoder_blocks`. "
            f"Received: guided_blocks={guided_blocks}, decoder_blocks={decoder_blocks}"
        )
