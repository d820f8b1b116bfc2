#include "report/faults.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

#include "record/result_file.h"
#include "text/excerpt.h"

namespace biasbench::report {
namespace {

constexpr std::string_view kHeader = "fault,strategy,epoch,train_loss";

// Throws FileError unless the whole text is a number.
template <class Number>
Number Parse(const std::string& text, const std::filesystem::path& path, int line) {
  Number number = 0;
  const char* const text_end = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), text_end, number);
  if (error == std::errc() && end == text_end) return number;
  throw record::FileError(
      fmt::format("{}: line {}: '{}' is not a number", path.string(), line, text::Excerpt(text)));
}

}  // namespace

FaultCurves LoadFaultCurves(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  if (line != kHeader) {
    throw record::FileError(fmt::format("{}: line 1: expected {}", path.string(), kHeader));
  }
  FaultCurves curves;
  for (int number = 2; std::getline(file, line); ++number) {
    std::array<std::string, 4> fields;
    std::istringstream stream(line);
    for (std::string& field : fields) std::getline(stream, field, ',');
    if (fields[2].empty()) {
      throw record::FileError(fmt::format("{}: line {}: expected 4 fields", path.string(), number));
    }
    if (fields[3].empty()) continue;  // not finite
    curves[{fields[0], fields[1]}][Parse<int>(fields[2], path, number)] =
        Parse<double>(fields[3], path, number);
  }
  return curves;
}

}  // namespace biasbench::report
