#include "report_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>

#include "record/result_file.h"
#include "text/excerpt.h"

namespace biasbench::report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kCurvesHeader =
    "name,epoch,train_loss,test_loss,test_accuracy,train_seconds,imitation_ratio";

[[noreturn]] void Fail(const fs::path& path, std::string_view what) {
  throw record::FileError(fmt::format("{}: {}", path.string(), what));
}

std::string Text(const json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string LabelOf(const Row& row) {
  if (row.where.IsUsual("bias_sign")) return row.strategy;
  return fmt::format("{} ({})", row.strategy, row.where.Text("bias_sign"));
}

void AddPhases(const json& json_row, const fs::path& path, Row& row) {
  const auto phases = json_row.find("phases");
  if (phases == json_row.end()) return;
  for (const auto& [phase, bytes] : phases->items()) {
    const json held = bytes.is_object() ? bytes.value("held_bytes", json()) : json();
    if (!held.is_number()) {
      Fail(path, fmt::format("row '{}': no 'held_bytes' of phase '{}'", text::Excerpt(row.name),
                             text::Excerpt(phase)));
    }
    row.numbers[phase + "_held_bytes"] = held.get<double>();
  }
}

Row ParseRow(const json& json_row, const fs::path& path) {
  Row row;
  row.name = json_row.at("name").get<std::string>();
  const std::pair<const char*, std::string*> required[] = {{"strategy", &row.strategy},
                                                           {"schedule", &row.schedule},
                                                           {"optimizer", &row.optimizer},
                                                           {"status", &row.status}};
  for (const auto& [key, target] : required) {
    *target = Text(json_row, key);
    if (target->empty())
      Fail(path, fmt::format("row '{}' has no '{}'", text::Excerpt(row.name), key));
  }
  row.where = setting::Coordinates(json_row);
  row.label = LabelOf(row);
  row.task = Text(json_row, "task");
  row.reason = Text(json_row, "reason");
  row.command = Text(json_row, "command");
  row.peak_phase = Text(json_row, "peak_phase");
  row.peak_category = Text(json_row, "peak_category");
  row.data_source = Text(json_row, "data_source");
  for (const auto& [key, value] : json_row.items()) {
    if (value.is_number()) row.numbers[key] = value.get<double>();
    if (value.is_null()) row.numbers[key] = std::nan("");
  }
  AddPhases(json_row, path, row);
  return row;
}

// A file is named after the program whose rows it holds.
void RequireProgram(const json& context, const fs::path& path) {
  const std::string program = Text(context, "program");
  if (program == path.stem()) return;
  Fail(path, fmt::format("expected rows of {}, found program '{}'", path.stem().string(),
                         text::Excerpt(program)));
}

ResultFile LoadFile(const fs::path& path) {
  const json file = record::LoadResults(path);
  ResultFile result{file.at("context"), {}};
  record::RequireKnownSchema(result.context, path);
  RequireProgram(result.context, path);
  for (const json& row : file.at("benchmarks")) {
    if (Text(row, "run_type") != "aggregate") result.rows.push_back(ParseRow(row, path));
  }
  return result;
}

void LoadPeers(const fs::path& path, Results& results) {
  const json file = record::LoadResults(path);
  results.peers_context = file.at("context");
  record::RequireKnownSchema(*results.peers_context, path);
  RequireProgram(*results.peers_context, path);
  std::vector<PeerRow>& peers = results.peers;
  for (const json& row : file.at("benchmarks")) {
    const auto number = [&](const char* key) {
      const auto value = row.find(key);
      return value == row.end() || !value->is_number() ? 0 : value->get<double>();
    };
    peers.push_back({.name = Text(row, "name"),
                     .peer = Text(row, "peer"),
                     .is_ours = row.value("is_ours", json()) == true,
                     .status = Text(row, "status"),
                     .reason = Text(row, "reason"),
                     .library = Text(row, "library"),
                     .inputs = number("inputs"),
                     .hidden = number("hidden"),
                     .batch = number("batch"),
                     .items_per_second = number("items_per_second"),
                     .peak_rss_bytes = number("peak_rss_bytes")});
    const PeerRow& peer = peers.back();
    if (peer.peer.empty())
      Fail(path, fmt::format("row '{}' has no 'peer'", text::Excerpt(peer.name)));
    if (peer.status == "ok" && peer.items_per_second <= 0) {
      Fail(path, fmt::format("row '{}' has no 'items_per_second'", text::Excerpt(peer.name)));
    }
  }
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

std::optional<double> Row::Number(std::string_view key) const {
  const auto found = numbers.find(key);
  if (found == numbers.end() || std::isnan(found->second)) return std::nullopt;
  return found->second;
}

std::string Row::OptimizerAndFormat() const {
  return HasBfloat16() ? optimizer + ", bfloat16" : optimizer;
}

Results LoadFolder(const fs::path& folder) {
  if (!fs::is_directory(folder)) Fail(folder, "no such folder");
  Results results;
  std::vector<std::string> names;
  const auto load = [&](const char* name, auto& target, auto loader) {
    names.emplace_back(name);
    if (fs::exists(folder / name)) {
      target = loader(folder / name);
    } else {
      results.missing.emplace_back(name);
    }
  };
  load("footprint.json", results.footprint, LoadFile);
  load("throughput.json", results.throughput, LoadFile);
  load("convergence.json", results.convergence, LoadFile);
  load("curves.csv", results.curves, LoadCurves);
  load("machine.json", results.machine, record::LoadObject);
  if (fs::exists(folder / "stability.json")) {
    results.stability = LoadFile(folder / "stability.json");
  }
  const fs::path faults = folder / "fault_curves.csv";
  if (fs::exists(faults)) results.faults = LoadFaultCurves(faults);
  const fs::path peers = folder / "peers.json";  // not of every run: the libraries are optional
  if (fs::exists(peers)) LoadPeers(peers, results);
  if (results.missing.size() == names.size()) {
    Fail(folder, fmt::format("no results here: none of {}", fmt::join(names, ", ")));
  }
  return results;
}

}  // namespace biasbench::report
