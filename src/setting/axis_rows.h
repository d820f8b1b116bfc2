// The rows of the table of axes, by subject. axis.cpp joins them.
#pragma once

#include <vector>

#include "setting/axis.h"

namespace biasbench::setting {

Axis TaskAxis();
std::vector<Axis> NetworkAxes();   // the network, and the way in which it takes a step
std::vector<Axis> TrainingAxes();  // epochs, learning rate, the biases' sign, decay
std::vector<Axis> SampleAxes();    // samples used, centring, scales; the reader's own data
Axis SeedAxis();

}  // namespace biasbench::setting
