"""Starts a program from a process as small as Python can be, and says what the program used.

The system counts the memory of a program from before it is loaded, when it is still a copy of who
started it.  So the benchmark, which is larger than some of the programs it measures, starts them
through this file, run without the packages that Python loads otherwise:

    python -I -S launch.py REPORT PROGRAM ARGUMENT...

writes to REPORT the exit status, the seconds from start to end, the most memory held, and how many
seconds processors worked for it.
"""

import sys
from posix import environ, posix_spawnp, wait4, waitstatus_to_exitcode
from time import perf_counter

began = perf_counter()
_, status, usage = wait4(posix_spawnp(sys.argv[2], sys.argv[2:], environ), 0)
seconds = perf_counter() - began
worked = usage.ru_utime + usage.ru_stime
with open(sys.argv[1], "w", encoding="ascii") as report:
    report.write(f"{waitstatus_to_exitcode(status)} {seconds} {usage.ru_maxrss} {worked}")
