package dev.paddock.checks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Runs {@code paddock} as a process of its own, with a home of its own. */
final class Program {
  private static final long LIMIT_SECONDS = 300;

  private final Path folder;
  private final Map<String, String> environment = new TreeMap<>();

  /** {@code folder} holds the home, the output of each call, and nothing else. */
  Program(Path folder) {
    this.folder = folder;
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("HOME", folder.toString());
    environment.put("LANG", "C.UTF-8");
    environment.put("PADDOCK_HOME", folder.resolve("home").toString());
    environment.put("PADDOCK_CACHE", cache().toString());
    environment.put("PADDOCK_NO_INSTALL", "1");
  }

  /** What a call came to. */
  record Result(int exit, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  Program with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Path home() {
    return folder.resolve("home");
  }

  /** The checkout: tests run in the folder of their module. */
  static Path root() {
    return Path.of(System.getProperty("paddock.root", "..")).toAbsolutePath().normalize();
  }

  /** Where the embedded model is, if it has been fetched. */
  static Path model() {
    return cache().resolve("models").resolve("smollm2-135m-instruct.gguf");
  }

  private static Path cache() {
    Path usual = Path.of(System.getProperty("user.home"), ".cache", "paddock");
    return Path.of(System.getProperty("paddock.cache", usual.toString())).toAbsolutePath();
  }

  Result run(String... arguments) {
    try {
      Path out = Files.createTempFile(folder, "out", ".txt");
      Path err = Files.createTempFile(folder, "err", ".txt");
      Process process = start(out, err, arguments);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end: paddock " + String.join(" ", arguments));
      }
      return new Result(process.exitValue(), read(out), ours(read(err)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  Process start(Path out, Path err, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Dpaddock.root=" + root(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.paddock.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(root().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  /**
   * Without what the JVM says of its incubating module; the launcher keeps that off the terminal.
   */
  private static String ours(String err) {
    return err.replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
