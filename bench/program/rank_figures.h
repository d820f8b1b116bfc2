// The figures of a row whose instance is served by several ranks, joined to those of one row. (Of
// an instance that is served by one process, they are that one's.)
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bench/instance/memory_check.h"
#include "setting/setting.h"

namespace biasbench::bench {

// The reports of all ranks, by rank, in the answer to {"report"}.
std::vector<nlohmann::json> ReportsOf(const nlohmann::json& report);

// CheckMemory() of all ranks, given their floors. The keys are those of the rank with the largest
// peak, `rank_peak_bytes` lists all; a rank that disagrees is named.
MemoryFigures CheckAllMemory(const setting::Setting& configuration, const nlohmann::json& report,
                             const std::optional<std::vector<std::int64_t>>& floor_bytes);

// True if ranks of one machine have more threads than processors. Their times then say nothing of
// ranks that do not share any.
bool ShareProcessors(const setting::Setting& configuration, const nlohmann::json& report);

// The reason why a rank's team is not the row's (FindTeamFault); nullopt if all are. Threads of
// ranks that share processors need not run side by side.
std::optional<std::string> FindAnyTeamFault(const setting::Setting& configuration,
                                            const nlohmann::json& report, bool side_by_side);

// Makes the answer to {"steps"} or {"train"} one about all ranks: sums processor times and
// unwritten rows. Returns the row's keys on each rank's processor time and on the messages between
// them, for each of `count` steps or trainings: of the rank with the most.
nlohmann::json JoinRanks(nlohmann::json& answer, std::int64_t count);

// The bytes that the ranks on this machine need, of the ledger and outside it, data and MPI's own
// included. `ranks_here` is their number. Throws std::overflow_error.
double NeededBytes(const setting::Setting& configuration, std::int64_t dataset_bytes,
                   int ranks_here);

}  // namespace biasbench::bench
