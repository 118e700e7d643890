package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What comes from a box, at random, from seeds that a failure names. {@code -Dpaddock.soak=true}
 * tries 300,000 of each.
 */
final class FuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("paddock.soak") ? 300_000 : 20_000;

  private static final List<String> PIECES =
      List.of(
          "a", "b", "evil", "allowed", "test", "com", ".", ".", ".", "-", "_", "*", ":", ":80", "0",
          "127", "1", "0x7f", "256", "01", "%00", "%2e", "@", "\\", "/", "?", "#", " ", "\0", "\r",
          "\n", "[", "]", "::1", "::", "ffff", "xn--", "A", "Z", "é", "ｅ", "。", "\u00ad", "+");

  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i >= 0; i--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.toString();
  }

  private static Optional<String> parse(String host) {
    try {
      return Optional.of(Host.parse(host).text());
    } catch (EgressException e) {
      return Optional.empty();
    }
  }

  @Test
  void hostsAreReadAsBySecondReader() {
    int read = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      String host = text(new Random(seed), 8);
      if (host.startsWith("[")) {
        continue;
      }
      Optional<String> ours = parse(host);
      assertThat(ours)
          .as("seed " + seed)
          .isEqualTo(ReferenceHosts.labels(host).map(labels -> String.join(".", labels)));
      if (ours.isPresent()) {
        read++;
        assertThat(parse(ours.get())).as("seed " + seed).isEqualTo(ours);
      }
    }
    assertThat(read).isGreaterThan(ROUNDS / 50);
  }

  @Test
  void authoritiesAreReadAsBySecondReader() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      String authority = text(random, 5) + ":" + random.nextInt(70_000);
      Optional<String> ours;
      try {
        ours = Optional.of(Target.parse(authority, 0).toString());
      } catch (EgressException e) {
        ours = Optional.empty();
      }
      if (!authority.startsWith("[")) {
        assertThat(ours).as("seed " + seed).isEqualTo(ReferenceHosts.authority(authority));
      }
    }
  }

  /** Where the JDK's parser finds a host and a port at all, they are ours. */
  @Test
  void authoritiesAreReadAsByTheJdk() {
    int both = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      String authority = text(random, 5) + ":" + (1 + random.nextInt(65_535));
      try {
        Target ours = Target.parse(authority, 0);
        URI theirs = new URI("http://" + authority + "/");
        if (theirs.getHost() != null) {
          String plain = theirs.getHost().toLowerCase(Locale.ROOT).replaceFirst("[.]$", "");
          assertThat(ours.toString()).as("seed " + seed).isEqualTo(plain + ":" + theirs.getPort());
          both++;
        }
      } catch (EgressException | URISyntaxException e) {
        assertThat(e).as("seed " + seed).hasMessageContaining(" ");
      }
    }
    assertThat(both).isGreaterThan(ROUNDS / 100);
  }

  @Test
  void patternsMatchAsBySecondReader() {
    int matched = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      String base = name(random, 2 + random.nextInt(2));
      String host =
          random.nextInt(3) == 0
              ? name(random, 3)
              : name(random, random.nextInt(3)) + glue(random) + base;
      boolean below = random.nextBoolean();
      Optional<List<String>> labels = ReferenceHosts.labels(host);
      if (labels.isEmpty()) {
        continue;
      }
      boolean ours = HostPattern.parse((below ? "*." : "") + base).matches(Host.parse(host));
      boolean theirs =
          ReferenceHosts.matches(ReferenceHosts.labels(base).orElseThrow(), below, labels.get());
      assertThat(ours)
          .as("seed " + seed + ": " + base + " " + below + " " + host)
          .isEqualTo(theirs);
      matched += ours ? 1 : 0;
    }
    assertThat(matched).isGreaterThan(ROUNDS / 50);
  }

  private static String glue(Random random) {
    return random.nextInt(4) == 0 ? "" : ".";
  }

  private static String name(Random random, int labels) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < labels; i++) {
      name.append(i == 0 ? "" : ".")
          .append("ab".charAt(random.nextInt(2)))
          .append(random.nextInt(3) == 0 ? "B" : "");
    }
    return name.toString();
  }

  private static final String REQUEST =
      """
      POST http://allowed.test:80/a/b?c=d HTTP/1.1
      Host: allowed.test:80
      Content-Length: 4
      Transfer-Encoding: chunked
      X-A: b
      Connection: close

      4
      body
      0

      """
          .replace("\n", "\r\n");

  private static final String BYTES = "\r\n\t :;,/@%0\0aZ\u007f\u0080\u00ff";

  private static byte[] mutated(Random random, byte[] start) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(start);
    byte[] now = bytes.toByteArray();
    for (int i = random.nextInt(6); i >= 0; i--) {
      int at = random.nextInt(now.length);
      ByteArrayOutputStream next = new ByteArrayOutputStream();
      next.write(now, 0, at);
      switch (random.nextInt(4)) {
        case 0 -> next.write(BYTES.charAt(random.nextInt(BYTES.length())));
        case 1 -> at = Math.min(now.length - 1, at + random.nextInt(12));
        case 2 -> {
          int from = random.nextInt(now.length);
          next.write(now, from, Math.min(20, now.length - from));
        }
        default -> next.write(random.nextInt(256));
      }
      next.write(now, at, now.length - at);
      now = next.toByteArray();
    }
    return now;
  }

  /** Whatever comes: it is read, or it is a bad message; and what was read holds. */
  @Test
  void headsAndBodiesAreReadOrRefused() {
    int accepted = 0;
    int refused = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      String start =
          switch (random.nextInt(3)) {
            case 0 -> REQUEST.replace("Transfer-Encoding: chunked\r\n", "");
            case 1 -> REQUEST.replace("Content-Length: 4\r\n", "");
            default -> REQUEST;
          };
      byte[] bytes = mutated(random, start.getBytes(StandardCharsets.ISO_8859_1));
      try {
        HttpInput in = new HttpInput(new ByteArrayInputStream(bytes));
        Optional<RequestHead> head = RequestHead.read(in, 4096);
        if (head.isEmpty()) {
          continue;
        }
        assertSound(head.get(), "seed " + seed);
        if (!head.get().connect()) {
          Target.parse(head.get().absolute().authority(), 80);
        }
        new BodyInput(in, Framing.ofRequest(head.get())).readAllBytes();
        accepted++;
      } catch (IOException | EgressException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS / 50);
    assertThat(accepted).isGreaterThan(ROUNDS / 50);
  }

  /** What other servers would read differently must not have been accepted. */
  private static void assertSound(RequestHead head, String seed) throws BadMessage {
    for (Headers.Field field : head.headers().fields()) {
      assertThat(field.name()).as(seed).matches("[!-~&&[^:]]+");
      assertThat(field.value()).as(seed).doesNotContain("\r", "\n", "\0");
    }
    assertThat(head.target()).as(seed).matches("[!-~]+");
    boolean chunked = !head.headers().all("transfer-encoding").isEmpty();
    boolean length = !head.headers().all("content-length").isEmpty();
    if (chunked && length) {
      assertThat(refuses(head)).as(seed).isTrue();
    }
  }

  private static boolean refuses(RequestHead head) {
    try {
      Framing.ofRequest(head);
      return false;
    } catch (BadMessage e) {
      return true;
    }
  }

  @Test
  void clientHellosAreReadOrRefused() {
    int accepted = 0;
    int refused = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      byte[] hello = TestingHello.of(Optional.of("allowed.test"), random.nextBoolean());
      byte[] bytes = mutated(random, hello);
      try {
        ClientHello read = ClientHello.read(new ByteArrayInputStream(bytes));
        assertThat(bytes).as("seed " + seed).startsWith(read.bytes());
        accepted++;
      } catch (IOException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
    assertThat(accepted).isPositive();
  }

  @Test
  void pathsOfOneMeaningStayBelowTheirPrefix() {
    PathPrefix prefix = new PathPrefix("/api");
    List<String> pieces =
        List.of(
            "/", "api", "..", ".", "%2e", "%2F", "%5c", "\\", ";", "x", "%", "%00", "%61pi", "//");
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      StringBuilder path = new StringBuilder("/");
      for (int i = random.nextInt(8); i >= 0; i--) {
        path.append(pieces.get(random.nextInt(pieces.size())));
      }
      if (prefix.matches(path.toString())) {
        String decoded = path.toString().replace("%61", "a").replace("%2e", ".");
        String normal = URI.create("http://h" + decoded).normalize().getPath();
        assertThat(normal).as("seed " + seed + " " + path).matches("/api(/.*)?");
      }
    }
  }
}
