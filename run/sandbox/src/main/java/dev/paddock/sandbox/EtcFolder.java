package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The box's /etc: a few generated files, and mount points for the few parts of the host's that
 * programs need and that hold nothing private.
 *
 * @param parts names below the host's /etc
 */
record EtcFolder(Path path, List<String> parts) {
  /** Not Maven's own settings.xml, which may hold passwords. */
  private static final List<String> PARTS =
      List.of(
          "alternatives",
          "fonts",
          "ld.so.cache",
          "localtime",
          "maven/logging",
          "maven/m2.conf",
          "mime.types",
          "ssl/certs",
          "ssl/openssl.cnf");

  private static final int FIRST_ID = 2000;
  private static final String HOME = BoxEnvironment.HOME;

  private static final Map<String, String> GENERATED =
      Map.of(
          "passwd",
          """
          root:x:0:0:root:/nonexistent:/usr/sbin/nologin
          agent:x:1000:1000:agent:/tmp/home:/bin/bash
          nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
          """,
          "group",
          """
          root:x:0:
          agent:x:1000:
          nogroup:x:65534:
          """,
          "hosts",
          """
          127.0.0.1 localhost
          ::1 localhost
          """,
          "nsswitch.conf",
          """
          passwd: files
          group: files
          hosts: files
          """);

  static EtcFolder create(Path path, Path hostEtc) throws IOException {
    Files.createDirectory(path);
    for (Map.Entry<String, String> file : GENERATED.entrySet()) {
      Files.writeString(path.resolve(file.getKey()), file.getValue());
    }
    List<String> parts = new ArrayList<>();
    for (String part : candidates(hostEtc)) {
      Path source = hostEtc.resolve(part);
      Path mountPoint = path.resolve(part);
      if (Files.isDirectory(source)) {
        Files.createDirectories(mountPoint);
        parts.add(part);
      } else if (Files.isRegularFile(source)) {
        Files.createDirectories(mountPoint.getParent());
        Files.createFile(mountPoint);
        parts.add(part);
      }
    }
    return new EtcFolder(path, List.copyOf(parts));
  }

  /** Writes {@code passwd} and {@code group} with more accounts into a folder. */
  static void writeAccounts(Path folder, Accounts accounts) throws IOException {
    StringBuilder passwd = new StringBuilder(String.valueOf(GENERATED.get("passwd")));
    StringBuilder group = new StringBuilder(String.valueOf(GENERATED.get("group")));
    int id = FIRST_ID;
    for (String user : accounts.users()) {
      passwd.append("%s:x:%d:%d:%s:%s:/bin/bash%n".formatted(user, id, id, user, HOME));
      if (!accounts.groups().containsKey(user)) {
        group.append("%s:x:%d:%n".formatted(user, id));
      }
      id++;
    }
    for (Map.Entry<String, List<String>> one : accounts.groups().entrySet()) {
      String members = String.join(",", one.getValue());
      group.append("%s:x:%d:%s%n".formatted(one.getKey(), id++, members));
    }
    Files.writeString(folder.resolve("passwd"), passwd);
    Files.writeString(folder.resolve("group"), group);
  }

  /** The fixed parts, and the settings of Debian's Java, without which it does not start. */
  private static List<String> candidates(Path hostEtc) throws IOException {
    try (Stream<Path> entries = Files.list(hostEtc)) {
      Stream<String> java =
          entries.map(entry -> entry.getFileName().toString()).filter(EtcFolder::isJava).sorted();
      return Stream.concat(PARTS.stream(), java).toList();
    }
  }

  private static boolean isJava(String name) {
    return name.matches("java-\\d+-openjdk");
  }
}
