// What --list answers.
#pragma once

#include <string>

namespace biasbench::bench {

// Everything there is to choose, each with what it means in one line.
std::string ListOfChoices();

}  // namespace biasbench::bench
