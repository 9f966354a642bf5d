// Lets the sanitizer of undefined behaviour write where that of addresses does. Each has its own idea of the file, but one
// name for setting it, and that finds the library that is loaded first: UBSan's would write to standard error.
#include <dlfcn.h>

#include <cstdlib>

namespace {

__attribute__((constructor)) void SetFile() {
  const char* const path = std::getenv("UBSAN_FILE");
  void* const library = dlopen("libubsan.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (path == nullptr || library == nullptr) std::abort();
  reinterpret_cast<void (*)(const char*)>(dlsym(library, "__sanitizer_set_report_path"))(path);
}

}  // namespace
