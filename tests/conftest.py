import os

# As the command line does for the app: before anything imports NumPy. With more threads the last bits of a
# long training run may differ, and small matrices are slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
