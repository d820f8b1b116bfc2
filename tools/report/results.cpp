#include "report/results.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "record/result_file.h"
#include "text/excerpt.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCurvesHeader =
    "name,epoch,train_loss,test_loss,test_accuracy,train_seconds,imitation_ratio";

[[noreturn]] void Fail(const fs::path& path, std::string_view what) {
  throw record::FileError(fmt::format("{}: {}", path.string(), what));
}

void RequireText(const record::ResultRow& row, const char* key, const fs::path& path) {
  if (row.Text(key).empty()) {
    Fail(path, fmt::format("row '{}' has no '{}'", text::Excerpt(row.name), key));
  }
}

// A file is named after the program whose rows it holds.
record::ResultFile LoadProgram(const fs::path& path) {
  record::ResultFile file = record::LoadRows(path);
  if (file.program == path.stem()) return file;
  Fail(path, fmt::format("expected rows of {}, found program '{}'", path.stem().string(),
                         text::Excerpt(file.program)));
}

record::ResultFile LoadFile(const fs::path& path) {
  record::ResultFile file = LoadProgram(path);
  for (const record::ResultRow& row : file.rows) {
    for (const char* key : {"strategy", "schedule", "optimizer"}) RequireText(row, key, path);
  }
  return file;
}

record::ResultFile LoadPeers(const fs::path& path) {
  record::ResultFile file = LoadProgram(path);
  for (const record::ResultRow& row : file.rows) {
    RequireText(row, "peer", path);
    if (row.IsOk() && row.NumberOrZero("items_per_second") <= 0) {
      Fail(path, fmt::format("row '{}' has no 'items_per_second'", text::Excerpt(row.name)));
    }
  }
  return file;
}

std::vector<std::string_view> SplitAtCommas(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    line.remove_prefix(comma == std::string_view::npos ? 0 : comma + 1);
  }
  return fields;
}

template <class NumberType>
bool ParseNumber(std::string_view text, NumberType& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::vector<CurvePoint> LoadCurves(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) Fail(path, "cannot read, or empty");
  if (!line.starts_with(kCurvesHeader)) {
    Fail(path, fmt::format("line 1: expected {}", kCurvesHeader));
  }
  const std::size_t columns = SplitAtCommas(line).size();
  std::vector<CurvePoint> points;
  for (int number = 2; std::getline(file, line); ++number) {
    const std::vector<std::string_view> fields = SplitAtCommas(line);
    if (fields.size() != columns) {
      Fail(path,
           fmt::format("line {}: expected {} fields, found {}", number, columns, fields.size()));
    }
    // A curve's name stands in its first line alone.
    if (fields[0].empty() && points.empty()) Fail(path, "line 2: no name");
    CurvePoint point{.name = fields[0].empty() ? points.back().name : std::string(fields[0]),
                     .train_loss = std::numeric_limits<double>::infinity()};
    if (!ParseNumber(fields[1], point.epoch)) {
      Fail(path, fmt::format("line {}: epoch '{}' is not a whole number", number,
                             text::Excerpt(fields[1])));
    }
    if (!fields[2].empty() && !ParseNumber(fields[2], point.train_loss)) {
      Fail(path, fmt::format("line {}: train_loss '{}' is not a number", number,
                             text::Excerpt(fields[2])));
    }
    if (!fields[3].empty() && !ParseNumber(fields[3], point.test_loss)) {
      Fail(path, fmt::format("line {}: test_loss '{}' is not a number", number,
                             text::Excerpt(fields[3])));
    }
    if (!fields[5].empty() && !ParseNumber(fields[5], point.seconds)) {
      Fail(path, fmt::format("line {}: train_seconds '{}' is not a number", number,
                             text::Excerpt(fields[5])));
    }
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace

CurvesByName IndexCurves(const Results& results) {
  CurvesByName curves;
  if (!results.curves) return curves;
  for (const CurvePoint& point : *results.curves) curves[point.name].push_back(&point);
  return curves;
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) Fail(text::PathExcerpt(path.string()), "cannot read");
  return text;
}

Results LoadFolder(const fs::path& folder) {
  if (!fs::is_directory(folder)) Fail(folder, "no such folder");
  Results results;
  const auto load = [&](const char* name, auto& target, auto loader) {
    const bool is_there = fs::exists(folder / name);
    if (is_there) {
      target = loader(folder / name);
      results.files.emplace_back(name);
    }
    return is_there;
  };
  std::vector<std::string> names;
  const auto load_usual = [&](const char* name, auto& target, auto loader) {
    names.emplace_back(name);
    if (!load(name, target, loader)) results.missing.emplace_back(name);
  };
  load_usual("footprint.json", results.footprint, LoadFile);
  load_usual("throughput.json", results.throughput, LoadFile);
  load_usual("convergence.json", results.convergence, LoadFile);
  load_usual("curves.csv", results.curves, LoadCurves);
  load_usual("machine.json", results.machine, record::LoadMachine);
  load("stability.json", results.stability, LoadFile);
  load("fault_curves.csv", results.faults, LoadFaultCurves);
  load("peers.json", results.peers, LoadPeers);  // the libraries are optional
  const fs::path theory = folder / ".." / "theory.md";
  if (fs::is_regular_file(theory)) results.theory = ReadText(theory);
  if (results.missing.size() == names.size()) {
    Fail(folder, fmt::format("no results here: none of {}", fmt::join(names, ", ")));
  }
  return results;
}

}  // namespace biasbench::report
