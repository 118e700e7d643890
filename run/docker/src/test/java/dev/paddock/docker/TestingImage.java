package dev.paddock.docker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An image as {@code docker save} writes it, made of programs of this machine. */
final class TestingImage {
  private static final int BLOCK = 512;
  private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/[^ ]+) \\(0x");
  private static final List<String> PROGRAMS =
      List.of(
          "bash",
          "cat",
          "chmod",
          "cp",
          "cut",
          "echo",
          "env",
          "grep",
          "head",
          "id",
          "ln",
          "ls",
          "mkdir",
          "mknod",
          "mv",
          "nohup",
          "perl",
          "printf",
          "readlink",
          "rm",
          "rmdir",
          "seq",
          "setsid",
          "sleep",
          "sort",
          "stat",
          "stty",
          "tail",
          "tee",
          "touch",
          "tr",
          "true",
          "uname",
          "unshare",
          "wc",
          "yes");

  private TestingImage() {}

  static InputStream archive(String name) throws IOException {
    byte[] layer = layer();
    ObjectNode config = Json.object();
    config.put("architecture", architecture()).put("os", "linux").putObject("config");
    config
        .putObject("rootfs")
        .put("type", "layers")
        .putArray("diff_ids")
        .add("sha256:" + hash(layer));
    byte[] described = Json.write(config).getBytes(StandardCharsets.UTF_8);
    String configName = hash(described) + ".json";
    ObjectNode manifest = Json.object();
    manifest.put("Config", configName);
    manifest.putArray("RepoTags").add(name);
    manifest.putArray("Layers").add("layer.tar");
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    file(archive, "layer.tar", 0644, layer);
    file(archive, configName, 0644, described);
    file(
        archive,
        "manifest.json",
        0644,
        Json.write(List.of(manifest)).getBytes(StandardCharsets.UTF_8));
    archive.write(new byte[2 * BLOCK]);
    return new ByteArrayInputStream(archive.toByteArray());
  }

  private static String architecture() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
  }

  private static byte[] layer() throws IOException {
    TreeMap<String, Path> files = new TreeMap<>();
    for (String program : PROGRAMS) {
      Path file = program(program);
      files.put("bin/" + program, file);
      for (Path library : libraries(file)) {
        files.put(library.toString().substring(1), library);
      }
    }
    files.put("bin/sh", program("bash"));
    for (Path module : perlModules()) {
      files.put(module.toString().substring(1), module);
    }
    TreeSet<String> folders =
        new TreeSet<>(
            List.of(
                "tmp",
                "usr",
                "proc",
                "sys",
                "dev",
                "workspace",
                "mnt",
                "var",
                "var/tmp",
                "run",
                "etc",
                "home",
                "home/someone"));
    for (String file : files.keySet()) {
      for (Path parent = Path.of(file).getParent(); parent != null; parent = parent.getParent()) {
        folders.add(parent.toString());
      }
    }
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    for (String folder : folders) {
      entry(layer, folder + "/", '5', 0755, 0);
    }
    for (var file : files.entrySet()) {
      file(layer, file.getKey(), 0755, Files.readAllBytes(file.getValue()));
    }
    file(
        layer,
        "etc/passwd",
        0644,
        "root:x:0:0:root:/:/bin/bash\n".getBytes(StandardCharsets.US_ASCII));
    file(layer, "etc/shadow", 0600, "root:*:0:0:::::\n".getBytes(StandardCharsets.US_ASCII));
    layer.write(new byte[2 * BLOCK]);
    return layer.toByteArray();
  }

  private static Path program(String name) throws IOException {
    return Stream.of("/usr/bin", "/bin", "/usr/sbin")
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new IOException("this machine has no " + name));
  }

  private static List<Path> libraries(Path program) throws IOException {
    Process ldd = new ProcessBuilder("ldd", program.toString()).redirectErrorStream(true).start();
    String text = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return LIBRARY.matcher(text).results().map(found -> Path.of(found.group(1))).toList();
  }

  /** What Perl reads for its sockets. */
  private static List<Path> perlModules() throws IOException {
    Process perl =
        new ProcessBuilder(
                "perl",
                "-MIO::Socket::INET",
                "-MIO::Socket::IP",
                "-e",
                "print join \"\\n\", values %INC, @DynaLoader::dl_shared_objects")
            .start();
    String text = new String(perl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return text.lines().map(Path::of).toList();
  }

  private static void file(ByteArrayOutputStream into, String name, int mode, byte[] bytes)
      throws IOException {
    entry(into, name, '0', mode, bytes.length);
    into.write(bytes);
    into.write(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
  }

  /** A header of the ustar format. */
  private static void entry(ByteArrayOutputStream into, String name, char type, int mode, int size)
      throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "%07o".formatted(mode));
    put(header, 108, "%07o".formatted(0));
    put(header, 116, "%07o".formatted(0));
    put(header, 124, "%011o".formatted(size));
    put(header, 136, "%011o".formatted(0));
    Arrays.fill(header, 148, 156, (byte) ' ');
    header[156] = (byte) type;
    put(header, 257, "ustar");
    put(header, 263, "00");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xFF;
    }
    put(header, 148, "%06o".formatted(sum));
    header[154] = 0;
    into.write(header);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
