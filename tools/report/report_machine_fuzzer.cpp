// The input is machine.json, as report and compare read it.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "compare/comparable_results.h"
#include "fuzzing/input_folder.h"
#include "record/result_file.h"
#include "report/builds.h"
#include "report/results.h"

namespace {

using namespace biasbench;
using fuzzing::Require;
using nlohmann::json;

// Nothing where the file is refused.
std::optional<json> MachineOfReport(const std::filesystem::path& folder) {
  try {
    return report::LoadFolder(folder).machine;
  } catch (const record::FileError&) {
    return std::nullopt;
  }
}

std::optional<json> MachineOfComparison(const std::filesystem::path& folder) {
  try {
    return tools::LoadComparable(folder).machine;
  } catch (const record::FileError&) {
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzzing::InputFolder folder;
  folder.Put("footprint.json",
             R"({"context": {"schema_version": 3, "program": "footprint"}, "benchmarks": []})");
  folder.Put("machine.json", fuzzing::TextOf(data, size));
  const std::optional<json> machine = MachineOfReport(folder.path());
  Require(machine == MachineOfComparison(folder.path()), "report and compare read the same");
  if (!machine) return 0;
  Require(machine->is_object(), "a machine is an object");
  Require(report::MachineTable(*machine).rows.size() >= machine->size(), "every key has a row");
  return 0;
}
