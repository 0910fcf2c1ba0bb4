import Foundation

/// Slurm's commands as scripts: its jobs run on this machine, without a queue.
enum FakeSlurm {
  /// Writes the commands into a folder.
  static func install(in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, body) in scripts {
      let path = folder + "/" + name
      try Data("#!/bin/sh\ncd '\(folder)' || exit 1\n\(body)".utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
  }

  private static let scripts = [
    "sbatch": """
      number=$(($(cat last 2> /dev/null || echo 0) + 1))
      echo $number > last
      for word in "$@"; do
        case $word in --job-name=*) name=${word#*=} ;; --output=*) log=${word#*=} ;; esac
      done
      cat > $number.script
      SLURM_JOB_ID=$number SLURMD_NODENAME=n1 setsid /bin/sh -c 'echo $$ > $1.process; /bin/sh $1.script; echo $? > $1.code' - \\
        $number < /dev/null >> "$log" 2>&1 &
      while [ ! -s $number.process ]; do sleep 0.01; done
      echo "$name" > $number.name
      echo $number

      """,
    "squeue": """
      for file in *.name; do
        [ -e "$file" ] || exit 0
        number=${file%.name}
        if [ -e $number.cancelled ]; then state=CANCELLED
        elif [ ! -e $number.code ]; then state=RUNNING
        elif [ "$(cat $number.code)" = 0 ]; then state=COMPLETED
        else state=FAILED; fi
        echo "$number|$number|$state|None|n1|x|$(cat $file)"
      done

      """,
    "scancel": """
      for number in "$@"; do
        [ -s "$number.process" ] && [ ! -e $number.code ] || continue
        : > $number.cancelled
        kill -TERM -- -$(cat $number.process)
      done
      exit 0

      """,
    "scontrol": """
      for number in "$@"; do :; done
      echo "JobId=$number JobName=$(cat $number.name) ExitCode=$(cat $number.code):0"

      """,
    "sinfo": "echo slurm fake\n",
  ]
}
