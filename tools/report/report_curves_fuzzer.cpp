// The input is curves.csv.
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzzing/input_folder.h"
#include "record/result_file.h"
#include "report/results.h"

namespace {

using namespace biasbench;
using fuzzing::Require;
using report::CurvePoint;

std::string Field(double number) { return std::isnan(number) ? "" : fmt::format("{}", number); }

std::string CsvOf(const std::vector<CurvePoint>& points) {
  std::string text =
      "name,epoch,train_loss,test_loss,test_accuracy,train_seconds,imitation_ratio\n";
  for (const CurvePoint& point : points) {
    text += fmt::format("{},{},{},{},,{},\n", point.name, point.epoch, Field(point.train_loss),
                        Field(point.test_loss), Field(point.seconds));
  }
  return text;
}

// Of a train_loss that was given as nan nothing is left, which reads as infinite.
bool HasNan(const std::vector<CurvePoint>& points) {
  for (const CurvePoint& point : points) {
    if (std::isnan(point.train_loss)) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzzing::InputFolder folder;
  const std::string_view text = fuzzing::TextOf(data, size);
  try {
    folder.Put("curves.csv", text);
    const std::vector<CurvePoint> points = report::LoadFolder(folder.path()).curves.value();
    const auto newlines = std::ranges::count(text, '\n');
    Require(std::ssize(points) == newlines - (text.ends_with('\n') ? 1 : 0),
            "every line is a point");
    if (HasNan(points)) return 0;
    const std::string written = CsvOf(points);
    folder.Put("curves.csv", written);
    Require(CsvOf(report::LoadFolder(folder.path()).curves.value()) == written,
            "points are read as they were written");
  } catch (const record::FileError&) {
  }
  return 0;
}
