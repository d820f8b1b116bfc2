// The process of an instance, seen from inside: one network, and nothing else that takes memory.
//
// Requests arrive and answers leave as JSON lines on standard input and output, one socket:
//   {"steps": n}     -> {"seconds", "cpu_seconds", "loss"}   n training steps on one batch
//   {"freeze": true} -> {}                                   the biases will not be updated any
//   more
//   {"train": true}  -> {"progress": {"epoch", "loss"}}…, then the training's result
//   {"phases": true} -> what PhasesToJson() says of the ledger
//   {"report": true} -> what the ledger, malloc and the kernel say of memory; "team": TeamFacts()
// The first answer, {"data_source"}, comes when the network is built; {"error"} ends the process.
#pragma once

#include <string_view>

namespace biasbench::bench {

// What the process's argument holds under this key, besides the keys of ToJson().
inline constexpr std::string_view kRoleKey = "role";
inline constexpr std::string_view kInstanceRole = "instance";
inline constexpr std::string_view kCalibrationRole = "calibration";  // answers {"disagreement"}

// Asked {"threads": n} again and again, answers what ToJson() says of the machine's peaks right
// now. Its argument holds the most threads it will be asked for as omp_threads.
inline constexpr std::string_view kYardstickRole = "yardstick";

// Runs until standard input ends. Returns the process's exit status.
int RunInstance(std::string_view argument);

}  // namespace biasbench::bench
