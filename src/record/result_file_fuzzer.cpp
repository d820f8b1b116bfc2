// The input is a result file.
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "fuzzing/memory_file.h"
#include "fuzzing/require.h"
#include "record/result_file.h"
#include "record/result_rows.h"

namespace {

using namespace biasbench::record;
using biasbench::fuzzing::MemoryFile;
using biasbench::fuzzing::Require;

void CheckNamesFile(const MemoryFile& input, const FileError& error) {
  Require(std::string_view(error.what()).starts_with(input.path()), "an error names the file");
}

void CheckRows(const MemoryFile& input, std::size_t most) {
  try {
    const ResultFile file = LoadRows(input.path());
    Require(file.rows.size() <= most, "no row is made up");
    for (const ResultRow& row : file.rows) {
      Require(!row.program.empty() && !row.status.empty(),
              "a row says whose it is and how it went");
      Require(row.IsOk() || !row.numbers.contains("real_time"), "what did not run took no time");
      for (const auto& [key, value] : row.numbers) {
        Require(row.Number(key).has_value() == !std::isnan(value), "NaN is no number");
      }
    }
  } catch (const FileError& error) {
    CheckNamesFile(input, error);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile input(std::span(data, size));
  nlohmann::json results;
  try {
    results = LoadResults(input.path());
  } catch (const FileError& error) {
    CheckNamesFile(input, error);
    return 0;
  }
  CheckRows(input, results.at("benchmarks").size());
  for (const nlohmann::json& row : results.at("benchmarks")) {
    Require(row.at("name").is_string(), "a row has a name");
  }
  const std::string text = DumpJson(results);
  Require(NonFiniteToNull(text) == text, "what is written is JSON");
  const MemoryFile written({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  Require(LoadResults(written.path()) == results, "a document is read as it was written");
  return 0;
}
