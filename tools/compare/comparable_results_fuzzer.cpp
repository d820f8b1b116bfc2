// The input is a result file, compared with itself.
#include <cstdint>
#include <span>
#include <string_view>

#include "compare/comparable_results.h"
#include "compare/comparison.h"
#include "fuzzing/input_folder.h"
#include "record/result_file.h"

namespace {

using namespace biasbench;
using fuzzing::Require;

void CheckGroups(const tools::ComparableResults& results) {
  Require(results.contexts.size() == 1, "a file has a context");
  for (const auto& [name, group] : results.groups) {
    Require(!group.empty(), "a group has rows");
    for (const record::ResultRow& row : group) {
      Require(name.starts_with(row.program), "a group is of one program");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzzing::InputFolder folder;
  folder.Put("results.json", fuzzing::TextOf(data, size));
  tools::ComparableResults results;
  try {
    results = tools::LoadComparable(folder.path() / "results.json");
  } catch (const record::FileError&) {
    return 0;
  }
  CheckGroups(results);
  const tools::Comparison comparison = tools::Compare(results, results, {});
  Require(comparison.ExitCode() != 1, "nothing is worse than itself");
  Require(comparison.only_in_a.empty() && comparison.only_in_b.empty(), "the names are the same");
  return 0;
}
