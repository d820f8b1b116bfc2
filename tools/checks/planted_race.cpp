// A planted race: two threads write one variable without synchronization. ThreadSanitizer must
// report it, or its silence on the other tests means nothing.
#include <cstdio>

int main() {
  int steps = 0;
#pragma omp parallel num_threads(2)
  for (int i = 0; i < 1000; ++i) ++steps;
  std::printf("%d steps\n", steps);
}
