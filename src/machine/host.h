// A description of this machine, for results/…/machine.json.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace biasbench::machine {

// An object with the keys cpu_model, logical_cores, physical_cores, caches (an array of {level,
// type, size_bytes, line_bytes, shared_by_cores}, those that CPU 0 sees), ram_bytes, page_bytes,
// kernel, libc, transparent_huge_pages, governor, simd_target, simd_bits. What the machine does not
// tell is null. simd_* is what this program was compiled for. `root` is "/" but in tests; page
// size and libc are always this process's.
nlohmann::json DescribeHost(const std::filesystem::path& root = "/");

}  // namespace biasbench::machine
