// A library that tests preload: programs then cannot open /proc/self/clear_refs, as where /proc is
// read-only. So the tests need no privileges.
#include <dlfcn.h>

#include <cerrno>
#include <cstdio>
#include <string_view>

namespace {

std::FILE* OpenUnlessRefused(const char* function, const char* path, const char* mode) {
  if (std::string_view(path).ends_with("/clear_refs")) {
    errno = EACCES;
    return nullptr;
  }
  using Open = std::FILE* (*)(const char*, const char*);
  return reinterpret_cast<Open>(dlsym(RTLD_NEXT, function))(path, mode);
}

}  // namespace

extern "C" std::FILE* fopen(const char* path, const char* mode) {
  return OpenUnlessRefused("fopen", path, mode);
}
extern "C" std::FILE* fopen64(const char* path, const char* mode) {
  return OpenUnlessRefused("fopen64", path, mode);
}
