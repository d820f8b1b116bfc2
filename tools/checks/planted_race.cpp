// Two threads write one variable with nothing between them: ThreadSanitizer must say so, or what it
// says of the other tests is worth nothing.
#include <cstdio>

int main() {
  int steps = 0;
#pragma omp parallel num_threads(2)
  for (int i = 0; i < 1000; ++i) ++steps;
  std::printf("%d steps\n", steps);
}
