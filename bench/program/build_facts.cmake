# The sources that a program is built from, recorded beside it rather than in it, so that programs of
# two commits without a difference are equal byte by byte.
#   with OUTPUT:  run before every build. Writes OUTPUT, build_facts.json: the commit, and digests of
#                 the sources as they are, those of tools/ left out (sources) and not (tool_sources);
#                 and SOURCES and TOOL_SOURCES, each digest alone, touched only when it changed.
#   with PROGRAM: run after the program is linked. Writes PROGRAM.build.json: the digests of the
#                 program and of the sources that DIGESTED names. Its commit is known if those sources
#                 are build_facts.json's.
function(git variable)
  execute_process(COMMAND git -C ${SOURCE_DIR} ${ARGN} OUTPUT_VARIABLE output ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    set(output "")
  endif()
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()

# All that a program can be compiled from, whether git knows it or not; ARGN: further patterns.
function(digest_sources variable)
  file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE ${SOURCE_DIR}
       ${SOURCE_DIR}/src/* ${SOURCE_DIR}/bench/* ${ARGN})
  list(FILTER files EXCLUDE REGEX "_test\\.cpp$")
  list(APPEND files CMakeLists.txt CMakePresets.json)
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
digest_sources(tool_sources
  ${SOURCE_DIR}/tools/*.cpp ${SOURCE_DIR}/tools/*.h ${SOURCE_DIR}/tools/CMakeLists.txt)
if(PROGRAM)
  file(SHA256 ${PROGRAM} binary)
  file(WRITE ${PROGRAM}.build.json
       "{\"binary_sha256\": \"${binary}\", \"${DIGESTED}_sha256\": \"${${DIGESTED}}\"}\n")
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
 \"sources_sha256\": \"${sources}\", \"tool_sources_sha256\": \"${tool_sources}\"}\n")
file(CONFIGURE OUTPUT ${SOURCES} CONTENT "${sources}\n" @ONLY)
file(CONFIGURE OUTPUT ${TOOL_SOURCES} CONTENT "${tool_sources}\n" @ONLY)
