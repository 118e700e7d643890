package dev.paddock.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What is left on the host. */
public final class TestingProcesses {
  private TestingProcesses() {}

  /** Processes of the host with exactly this command line. */
  public static List<ProcessHandle> running(String... command) {
    String wanted = String.join("\0", command) + "\0";
    return ProcessHandle.allProcesses().filter(p -> commandLine(p).equals(wanted)).toList();
  }

  /** What holds the networks of sandboxes of this process and those that it started. */
  static List<ProcessHandle> holders() {
    List<ProcessHandle> ours = ProcessHandle.current().descendants().toList();
    return running("/bin/sh", "-c", SandboxNetwork.SCRIPT).stream().filter(ours::contains).toList();
  }

  /** What connects this process to ports of sandboxes. */
  static List<ProcessHandle> relays() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> commandLine(process).contains(",shut-close"))
        .toList();
  }

  /** Shells of the host whose name, the word after {@code -c SCRIPT}, is this. */
  static List<ProcessHandle> shells(String name) {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              String[] words = commandLine(process).split("\0");
              return words.length > 3 && words[0].equals("sh") && words[3].equals(name);
            })
        .toList();
  }

  /** Processes whose working directory is this folder of the host. */
  public static List<ProcessHandle> inDirectory(Path folder) {
    return ProcessHandle.allProcesses().filter(p -> sameDirectory(p, folder)).toList();
  }

  private static boolean sameDirectory(ProcessHandle process, Path folder) {
    try {
      return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), folder);
    } catch (IOException ended) {
      return false;
    }
  }

  /** The bridges of boxes that see something below this folder of the host. */
  static List<ProcessHandle> bridges(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(process -> commandLine(process).split("\0")[0].endsWith("/socat"))
        .filter(process -> mentions(process, folder.toString()))
        .toList();
  }

  /** Whether a process has mounts whose sources lie below this folder of the host. */
  private static boolean mentions(ProcessHandle process, String folder) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/mountinfo")).contains(folder);
    } catch (IOException ended) {
      return false;
    }
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException ended) {
      return "";
    }
  }

  static List<Path> controlGroups(String prefix) throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> tree = Files.walk(root, 6)) {
      return tree.filter(path -> path.getFileName().toString().startsWith(prefix)).toList();
    }
  }
}
