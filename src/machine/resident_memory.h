// The kernel's figures of this process's memory, and a test of their accuracy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace biasbench::machine {

// Resets the peak to the current resident size. (getrusage's ru_maxrss cannot be reset and is
// inherited over exec, so it is useless here.) False if the kernel refuses, as where /proc is
// read-only: the peak is then that of the whole process and says nothing.
[[nodiscard]] bool ResetPeakResidentBytes();
inline constexpr const char* kPeakIsNotReset =
    "/proc/self/clear_refs: the kernel refused to reset the resident peak";

// Makes every page of the program's file and of its libraries resident (before Linux 5.14: does
// nothing), so that later code adds none. The kernel maps different ones in each process: resident
// less tracked bytes of 66 trainings of 1,000 nodes spread over 800 KiB, and with this over 60.
void MakeFilesResident();

// VmHWM and VmRSS. The kernel keeps them in per-thread or per-CPU shares: they can be off by some
// dozen pages. Throw std::runtime_error when /proc does not tell.
std::int64_t PeakResidentBytes();
std::int64_t ResidentBytes();

// The figures of smaps_rollup, which walks the page tables: exact, but slow for many small pages
// (some milliseconds for a gigabyte).
struct MappedMemory {
  std::int64_t anonymous_bytes = 0;  // anonymous pages: not those of files
  std::int64_t anon_huge_bytes = 0;  // of them, those in anonymous huge pages
};
MappedMemory ReadMappedMemory();

// The tolerance between the kernel's figures and a block's size: twice what those shares can hide.
std::int64_t CalibrationBoundBytes();

// Maps blocks of 1, 16 and 64 MiB: the peak and the private pages must not see them untouched and
// must see them touched, and after their release the peak must keep them and VmRSS forget them,
// each within CalibrationBoundBytes(). Returns the first disagreement in words, or nothing. Leaves
// the peak reset. For a process with one thread.
std::optional<std::string> CalibrateResidentMemory();

}  // namespace biasbench::machine
