"""What other files here compare with tensorflow-addons, on JAX: in one process for all."""

from jax_process import run_on_jax

CODE = """
from golden import test_decoding, test_optimizers
for name in test_optimizers.OURS:
    test_optimizers.check(name)
test_decoding.check_greedy()
test_decoding.check_sample()
"""


def test_optimizers_and_decoding_follow_addons():
    run_on_jax(CODE)
