"""Without a strategy a loss is whole; several replicas are tested with the training of workers."""

import tensorflow as tf

from keras_speech.ops import replicas


def test_one_replica_has_the_whole_loss():
    assert replicas.n_replicas() == 1
    value = tf.constant(3.0)
    assert replicas.share_of_loss(value) is value
    assert replicas.mean_over_replicas(value) is value


def test_one_replica_of_a_strategy():
    strategy = tf.distribute.OneDeviceStrategy("CPU:0")
    with strategy.scope():
        assert replicas.n_replicas() == 1
        assert float(strategy.run(lambda: replicas.mean_over_replicas(tf.constant(3.0)))) == 3.0
