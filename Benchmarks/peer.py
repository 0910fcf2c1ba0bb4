"""A PyTorch process that works when asked to and waits otherwise."""

import json
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))


class Peer:
    """Answers each command, a line, with a line of JSON."""

    def __init__(self, script, arguments, threads):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "pytorch", script), *arguments, "--threads", str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, command):
        # Compiling takes minutes; a compiler that hangs must not hang the comparison.
        limit = threading.Timer(1200, self.process.kill)
        limit.start()
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        finally:
            limit.cancel()
        if not answer:
            raise RuntimeError(f"PyTorch ended with {self.process.wait()}")
        return json.loads(answer)

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
