// The input is a result file of a folder, of convergence or of the peers.
#include <cstdint>
#include <string_view>
#include <vector>

#include "fuzzing/input_folder.h"
#include "record/result_file.h"
#include "report/content.h"
#include "report/figures.h"
#include "report/gnuplot_script.h"
#include "report/results.h"
#include "report/rows.h"
#include "report/studies.h"

namespace {

using namespace biasbench;
using fuzzing::Require;

// Whatever is read, a report can be written of it.
void MakeReport(const report::Results& results) {
  const std::vector<report::Finding> findings = report::FindAll(results);
  const std::vector<report::Figure> figures = report::MakeFigures(results, findings);
  for (const report::Figure& figure : figures) static_cast<void>(report::ScriptOf(figure));
  static_cast<void>(report::MakePages({results, findings, figures}));
}

void CheckConvergence(const std::filesystem::path& folder) {
  const report::Results results = report::LoadFolder(folder);
  const std::vector<record::ResultRow>& rows = results.convergence.value().rows;
  Require(rows.size() == record::LoadRows(folder / "convergence.json").rows.size(),
          "all raw rows are there");
  for (const record::ResultRow& row : rows) {
    Require(!report::Strategy(row).empty() && !report::Schedule(row).empty(),
            "a row says what was run");
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
