package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@code git} with nothing of this machine's or user's configuration, within limits.
 *
 * @param maxBytes of everything in the folder that it works in
 * @param maxTime of one command
 */
record GitProcess(long maxBytes, Duration maxTime) {
  /** Settings that hold for every command. */
  static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("core.hooksPath", "/dev/null"),
          Map.entry("core.fsmonitor", "false"),
          Map.entry("credential.helper", ""),
          Map.entry("gc.auto", "0"),
          Map.entry("maintenance.auto", "false"),
          Map.entry("protocol.allow", "never"),
          Map.entry("protocol.http.allow", "always"),
          Map.entry("protocol.https.allow", "always"),
          Map.entry("submodule.recurse", "false"),
          Map.entry("transfer.fsckObjects", "true"),
          Map.entry("transfer.bundleURI", "false"),
          Map.entry("http.followRedirects", "false"),
          Map.entry("http.proxy", ""),
          Map.entry("http.lowSpeedLimit", "1000"),
          Map.entry("http.lowSpeedTime", "30"),
          Map.entry("advice.detachedHead", "false"),
          Map.entry("init.defaultBranch", "main"));

  /** {@code http.curloptResolve}, by which the checked address is the dialled one, came with it. */
  private static final int[] OLDEST = {2, 37};

  private static final Pattern VERSION = Pattern.compile("git version (\\d+)\\.(\\d+).*");
  private static final int MAX_SAID = 8 << 10;
  private static final long LOOK_MILLIS = 200;

  /** How a command ended. */
  record Ended(boolean failed, String said) {}

  /** {@code PART_MISSING} where there is no git that is new enough. */
  void requireGit(Path folder) throws InterruptedException {
    String said;
    try {
      said = run(List.of("version"), Map.of(), folder).said();
    } catch (IOException e) {
      throw missing("git is not installed", e);
    }
    Matcher version = VERSION.matcher(said.strip());
    boolean fits =
        version.matches()
            && (Integer.parseInt(version.group(1)) > OLDEST[0]
                || (Integer.parseInt(version.group(1)) == OLDEST[0]
                    && Integer.parseInt(version.group(2)) >= OLDEST[1]));
    if (!fits) {
      throw missing("git is too old: " + said.strip(), new IOException(said));
    }
  }

  private static NodeException missing(String why, IOException cause) {
    return new NodeException(
        ErrorCode.PART_MISSING,
        "repositories need git %d.%d or newer, and %s. Fix: apt-get install git"
            .formatted(OLDEST[0], OLDEST[1], why),
        cause);
  }

  /** Settings go through the environment: nothing secret among them is an argument. */
  Ended run(List<String> arguments, Map<String, String> settings, Path folder)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(arguments);
    Path said = Files.createTempFile(folder, "said", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(said.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment(settings, folder));
      Process process = builder.start();
      String cut = await(process, folder);
      return cut.isEmpty() ? new Ended(process.exitValue() != 0, head(said)) : new Ended(true, cut);
    } finally {
      Files.deleteIfExists(said);
    }
  }

  private static Map<String, String> environment(Map<String, String> settings, Path folder) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("HOME", folder.toString());
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("LANGUAGE", "C");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_ATTR_NOSYSTEM", "1");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_ASKPASS", "/bin/false");
    environment.put("GIT_CEILING_DIRECTORIES", folder.toString());
    environment.put("GIT_CONFIG_COUNT", Integer.toString(settings.size()));
    int i = 0;
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      environment.put("GIT_CONFIG_KEY_" + i, setting.getKey());
      environment.put("GIT_CONFIG_VALUE_" + i, setting.getValue());
      i++;
    }
    return environment;
  }

  /** Why it was cut off, or nothing. */
  private String await(Process process, Path folder) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + maxTime.toNanos();
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (System.nanoTime() > deadline) {
          return "it took longer than %d s".formatted(maxTime.toSeconds());
        }
        if (tooLarge(folder)) {
          return "it is larger than %,d bytes".formatted(maxBytes);
        }
      }
      return tooLarge(folder) ? "it is larger than %,d bytes".formatted(maxBytes) : "";
    } finally {
      List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
      all.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private boolean tooLarge(Path folder) throws IOException {
    long[] sum = {0};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0] += attributes.size();
            return sum[0] > maxBytes ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // git takes its own temporary files away meanwhile.
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0] > maxBytes;
  }

  private static String head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_SAID), StandardCharsets.UTF_8);
    }
  }
}
