# Which sources a program is built from, beside it and not in it: programs of two commits that differ
# in no byte can be told to be the same.
#   with OUTPUT:  run before every build. Writes OUTPUT, build_facts.json: the commit, and a digest of
#                 the sources as they are; and SOURCES, the digest alone, touched only when it changed.
#   with PROGRAM: run after the program is linked. Writes PROGRAM.build.json: the digests of the
#                 program and of the sources. Its commit is known if those sources are build_facts.json's.
function(git variable)
  execute_process(COMMAND git -C ${SOURCE_DIR} ${ARGN} OUTPUT_VARIABLE output ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    set(output "")
  endif()
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

# All that a program can be compiled from, whether git knows it or not.
function(digest_sources variable)
  file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE ${SOURCE_DIR}
       ${SOURCE_DIR}/src/* ${SOURCE_DIR}/bench/*)
  list(FILTER files EXCLUDE REGEX "_test\\.cpp$")
  list(APPEND files CMakeLists.txt CMakePresets.json tools/describe_machine.cpp)
  set(digests "")
  foreach(file IN LISTS files)
    if(EXISTS ${SOURCE_DIR}/${file})
      file(SHA256 ${SOURCE_DIR}/${file} digest)
      string(APPEND digests "${file} ${digest}\n")
    endif()
  endforeach()
  string(SHA256 digest "${digests}")
  set(${variable} ${digest} PARENT_SCOPE)
endfunction()

digest_sources(sources)
if(PROGRAM)
  file(SHA256 ${PROGRAM} binary)
  file(WRITE ${PROGRAM}.build.json
       "{\"binary_sha256\": \"${binary}\", \"sources_sha256\": \"${sources}\"}\n")
  return()
endif()

# Without git, or outside a repository of our own (a tarball), there is no commit. Results are no
# source: a run that writes results/reference/ makes nothing dirty.
set(commit null)
set(is_dirty null)
git(top rev-parse --show-toplevel)
file(REAL_PATH "${SOURCE_DIR}" source_dir)
if(top STREQUAL source_dir)
  git(head rev-parse HEAD)
  set(commit "\"${head}\"")
  set(is_dirty false)
  git(changes status --porcelain --untracked-files=no -- . :!results)
  if(changes)
    set(is_dirty true)
  endif()
endif()
file(WRITE ${OUTPUT} "{\"git_sha\": ${commit}, \"git_is_dirty\": ${is_dirty},\
 \"sources_sha256\": \"${sources}\"}\n")
file(CONFIGURE OUTPUT ${SOURCES} CONTENT "${sources}\n" @ONLY)
