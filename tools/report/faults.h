// The bug zoo: what mistakes in backpropagation do to a training curve.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace biasbench::report {

// A curve's training losses by epoch, by fault and strategy.
using FaultCurves = std::map<std::pair<std::string, std::string>, std::map<int, double>>;

// Reads the file that bench/fault_curves writes. Throws record::FileError.
FaultCurves LoadFaultCurves(const std::filesystem::path& path);

}  // namespace biasbench::report
