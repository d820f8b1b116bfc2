// The input is a result file of a folder, of convergence or of the peers.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "fuzzing/input_folder.h"
#include "record/result_file.h"
#include "report_content.h"
#include "report_plot.h"
#include "report_rows.h"

namespace {

using namespace biasbench;
using fuzzing::Require;

// Whatever is read, a report can be written of it.
void MakeReport(const report::Results& results) {
  const std::vector<report::Plot> plots = report::MakePlots(results);
  std::map<std::string, std::string> pictures;
  for (const report::Plot& plot : plots) pictures[plot.name] = "<svg/>";
  static_cast<void>(report::MakeDocument(results, plots, pictures));
}

void CheckConvergence(const std::filesystem::path& folder) {
  const report::Results results = report::LoadFolder(folder);
  const std::vector<report::Row>& rows = results.convergence.value().rows;
  Require(rows.size() == record::LoadRows(folder / "convergence.json").rows.size(),
          "all raw rows are there");
  for (const report::Row& row : rows) {
    Require(!row.strategy.empty() && !row.schedule.empty() && !row.optimizer.empty(),
            "a row says what was run");
    Require(row.label.starts_with(row.strategy), "a label begins with the strategy");
  }
  MakeReport(results);
}

void CheckPeers(const std::filesystem::path& folder) {
  const report::Results results = report::LoadFolder(folder);
  for (const record::ResultRow& row : results.peers.value().rows) {
    Require(!row.IsOk() || row.NumberOrZero("items_per_second") > 0, "what ran has a speed");
  }
  MakeReport(results);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzzing::InputFolder convergence;
  static const fuzzing::InputFolder peers;
  peers.Put("machine.json", "{}");
  convergence.Put("convergence.json", fuzzing::TextOf(data, size));
  peers.Put("peers.json", fuzzing::TextOf(data, size));
  try {
    CheckConvergence(convergence.path());
  } catch (const record::FileError&) {
  }
  try {
    CheckPeers(peers.path());
  } catch (const record::FileError&) {
  }
  return 0;
}
