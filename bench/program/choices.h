// The answer to --list.
#pragma once

#include <string>

namespace biasbench::bench {

// All strategies, schedules, optimizers and tasks, each with a one-line summary.
std::string ListOfChoices();

}  // namespace biasbench::bench
