#!/bin/bash
# A training on two nodes: sbatch slurm.sh
#
# Before: the package installed in an environment, and recordings in a directory that all nodes see;
# checkpoints go beside them.
#SBATCH --job-name=my-voice
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --gpus-per-node=1
#SBATCH --time=24:00:00
# Two minutes before the time is over, or when the job is preempted, training writes a checkpoint;
# started again it goes on from there.
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu

DATA=$HOME/LJSpeech-1.1
OUT=$HOME/my_voice
PORT=$((10000 + SLURM_JOB_ID % 50000))

hosts=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed "s/.*/\"&:$PORT\"/" | paste -sd, -)
export HOSTS=$hosts DATA OUT

# One worker on each node; if one ends, all do.
srun --kill-on-bad-exit=1 bash -c '
  task="{\"type\": \"worker\", \"index\": $SLURM_PROCID}"
  export TF_CONFIG="{\"cluster\": {\"worker\": [$HOSTS]}, \"task\": $task}"
  exec keras-speech train tacotron2 --data "$DATA" --out "$OUT" \
    --epochs 200 --batch-size 64 --strategy multi_worker
' || scontrol requeue "$SLURM_JOB_ID"
