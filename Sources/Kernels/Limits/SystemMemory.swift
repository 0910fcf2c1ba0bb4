import Glibc

package enum SystemMemory {
  /// Bytes that this process can have at the most: the machine's memory, or less by its control groups.
  package static var bytes: Int {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return min(machine > 0 ? machine : .max, ControlGroups().memoryBytes ?? .max)
  }
}
