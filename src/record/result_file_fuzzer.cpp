// The input is a result file.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "fuzzing/memory_file.h"
#include "fuzzing/require.h"
#include "record/result_file.h"

namespace {

using namespace biasbench::record;
using biasbench::fuzzing::MemoryFile;
using biasbench::fuzzing::Require;

void CheckSchema(const nlohmann::json& context) {
  try {
    RequireKnownSchema(context, "input.json");
    Require(context.at("schema_version") == kSchemaVersion, "the version is known");
  } catch (const FileError&) {
  }
}

void CheckIsNoResultFile(const MemoryFile& input, const FileError& error) {
  Require(std::string_view(error.what()).starts_with(input.path()), "an error names the file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile input(std::span(data, size));
  nlohmann::json results;
  try {
    results = LoadResults(input.path());
  } catch (const FileError& error) {
    CheckIsNoResultFile(input, error);
    return 0;
  }
  CheckSchema(results.at("context"));
  for (const nlohmann::json& row : results.at("benchmarks")) {
    Require(row.at("name").is_string(), "a row has a name");
  }
  const std::string text = DumpJson(results);
  Require(NonFiniteToNull(text) == text, "what is written is JSON");
  const MemoryFile written({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  Require(LoadResults(written.path()) == results, "a document is read as it was written");
  return 0;
}
