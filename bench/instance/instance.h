// The measured process: one network, and nothing else that takes memory.
//
// Requests arrive and answers leave as JSON lines on standard input and output, one socket:
//   {"steps": n}     -> {"seconds", "cpu_seconds", "loss"}   n training steps on one batch
//   {"freeze": true} -> {}                                   biases are not updated any more
//   {"train": true}  -> {"progress": {"epoch", "loss"}}…, then the training's result
//   {"phases": true} -> PhasesToJson() of the ledger
//   {"report": true} -> memory by the ledger, by malloc and by the kernel; "team": TeamFacts()
// The first answer, {"data_source"}, comes when the network is built; {"error"} ends the process.
//
// An argument with `ranks` is for as many processes, each of which serves a part of the hidden
// nodes. Rank 0 answers; to steps, train and report it adds "ranks", a list of all ranks' answers.
#pragma once

#include <string_view>

namespace biasbench::bench {

// Key of the process's argument that names its role; the argument's other keys are ToJson()'s.
inline constexpr std::string_view kRoleKey = "role";
inline constexpr std::string_view kInstanceRole = "instance";
inline constexpr std::string_view kCalibrationRole = "calibration";  // answers {"disagreement"}

// The role that becomes the launcher of ranks: {"command": its words}.
inline constexpr std::string_view kLaunchRole = "launch";

// The role that measures the machine's peaks: each request {"threads": n} is answered with them, as
// ToJson() writes them. The argument's omp_threads is the largest n.
inline constexpr std::string_view kYardstickRole = "yardstick";

// Runs until standard input ends. Returns the process's exit status.
int RunInstance(std::string_view argument);

}  // namespace biasbench::bench
