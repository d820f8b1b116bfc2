// The input is fault_curves.csv.
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include "fuzzing/input_folder.h"
#include "fuzzing/memory_file.h"
#include "record/result_file.h"
#include "report/faults.h"

namespace {

using namespace biasbench;
using fuzzing::MemoryFile;
using fuzzing::Require;

std::string CsvOf(const report::FaultCurves& curves) {
  std::string text = "fault,strategy,epoch,train_loss\n";
  for (const auto& [name, losses] : curves) {
    for (const auto& [epoch, loss] : losses) {
      text += fmt::format("{},{},{},{}\n", name.first, name.second, epoch, loss);
    }
  }
  return text;
}

// Accepted texts are numbers by the C library's rules.
void CheckNumbers(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    std::istringstream stream(line);
    std::array<std::string, 4> fields;
    for (std::string& field : fields) std::getline(stream, field, ',');
    if (fields[3].empty()) continue;
    char* end = nullptr;
    errno = 0;
    static_cast<void>(std::strtol(fields[2].c_str(), &end, 10));
    Require(errno == 0 && *end == '\0', "an epoch is a whole number");
    static_cast<void>(std::strtod(fields[3].c_str(), &end));
    Require(*end == '\0', "a loss is a number");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile input(std::span(data, size));
  try {
    const report::FaultCurves curves = report::LoadFaultCurves(input.path());
    CheckNumbers(fuzzing::TextOf(data, size));
    const std::string text = CsvOf(curves);
    const MemoryFile written(fuzzing::BytesOf(text));
    Require(CsvOf(report::LoadFaultCurves(written.path())) == text,
            "curves are read as they were written");
  } catch (const record::FileError& error) {
    Require(std::string_view(error.what()).starts_with(input.path()), "an error names the file");
  }
  return 0;
}
