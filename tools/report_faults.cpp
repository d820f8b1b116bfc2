#include "report_faults.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "record/result_file.h"

namespace biasbench::report {
namespace {

constexpr std::string_view kHeader = "fault,strategy,epoch,train_loss";

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
    curves[fields[0] + ", " + fields[1]][std::atoi(fields[2].c_str())] =
        std::atof(fields[3].c_str());
  }
  return curves;
}

std::optional<Plot> FaultFigure(const FaultCurves& curves) {
  if (curves.empty()) return std::nullopt;
  constexpr std::string_view kColours[] = {colour::kVermillion, colour::kBlue,   colour::kGreen,
                                           colour::kPurple,     colour::kOrange, colour::kSky,
                                           colour::kGrey};
  Plot plot{.name = "faults",
            .title = "What mistakes in backpropagation do to training",
            .caption =
                "Training loss by epoch on `harmonic3`, textbook formulas in double precision with "
                "one mistake planted in each; a line ends where it diverges. Some mistakes cannot "
                "be told from a curve: `gradcheck` finds them all.",
            .script =
                "set logscale y\nset format y '%g'\nset xlabel 'epoch'\nset ylabel 'training "
                "loss'\nset key outside right top vertical Left reverse\nplot "};
  std::size_t index = 0;
  for (const auto& [name, losses] : curves) {
    const std::string file = fmt::format("fault{}.tsv", index);
    for (const auto& [epoch, loss] : losses) {
      plot.data_files[file] += fmt::format("{}\t{}\n", epoch, loss);
    }
    plot.script += fmt::format("{} using 1:2 with lines lw 2 lc '{}' title {}, ", Quote(file),
                               kColours[index++ % std::size(kColours)], Quote(name));
  }
  plot.script += "\n";
  return plot;
}

}  // namespace biasbench::report
