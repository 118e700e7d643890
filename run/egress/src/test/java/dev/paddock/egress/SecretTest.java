package dev.paddock.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paddock.egress.EgressSecret.Place;
import dev.paddock.egress.TestingProxy.Setup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Placeholders in the box, values at the hosts that a secret names. */
final class SecretTest {
  private static final String VALUE = "s3cr3t/value \"+ä";
  private static final String PLACEHOLDER = EgressSecret.placeholder("API_KEY");

  private static EgressSecret secret(Set<Place> places, String... hosts) {
    return new EgressSecret(
        PLACEHOLDER, VALUE, List.of(hosts).stream().map(HostPattern::parse).toList(), places);
  }

  private static EgressPolicy policy(EgressSecret... secrets) {
    return EgressPolicy.of(List.of("allowed.test", "other.test")).withSecrets(List.of(secrets));
  }

  private static TestingProxy proxy(EgressPolicy policy) throws IOException {
    TestingProxy proxy = Setup.of(policy).start();
    proxy.names.with("allowed.test", "127.0.0.1").with("other.test", "127.0.0.1");
    return proxy;
  }

  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String request(String method, String host, String fields, String body) {
    return "%s http://%s/ HTTP/1.1\r\nHost: %s\r\n%s\r\n%s"
        .formatted(method, host, host, fields, body);
  }

  @Test
  void theHostGetsTheValueInItsHeaderAndTheBoxGetsThePlaceholderBack() throws Exception {
    try (TestingServer server =
            TestingServer.answering(
                seen ->
                    "HTTP/1.1 200 %1$s\r\nX-Echo: %1$s\r\nContent-Length: %2$d\r\n\r\n%1$s"
                        .formatted(seen.header("x-api-key"), seen.header("x-api-key").length()));
        TestingProxy proxy = proxy(policy(secret(EnumSet.of(Place.HEADER), "allowed.test")))) {
      String host = "allowed.test:" + server.port();
      String answer =
          proxy.ask(
              request(
                  "GET",
                  host,
                  "x-api-key: key "
                      + PLACEHOLDER
                      + "\r\nRange: bytes=0-3\r\nAccept-Encoding: br\r\n",
                  ""));
      assertThat(server.seen.getFirst().header("x-api-key")).isEqualTo(latin("key " + VALUE));
      assertThat(server.seen.getFirst().header("range")).isEmpty();
      assertThat(server.seen.getFirst().header("accept-encoding")).isEqualTo("identity");
      assertThat(answer)
          .startsWith("HTTP/1.1 200 key " + PLACEHOLDER)
          .contains("X-Echo: key " + PLACEHOLDER)
          .contains(PLACEHOLDER + "\r\n0\r\n\r\n")
          .doesNotContain("s3cr3t");
      assertThat(proxy.record().toString()).doesNotContain("s3cr3t");
    }
  }

  @Test
  void basicAuthenticationIsOpened() throws Exception {
    String basic =
        Base64.getEncoder().encodeToString(("me:" + PLACEHOLDER).getBytes(StandardCharsets.UTF_8));
    try (TestingServer server =
            TestingServer.answering(seen -> TestingServer.ok(seen.header("authorization")));
        TestingProxy proxy = proxy(policy(secret(EnumSet.of(Place.HEADER), "allowed.test")))) {
      String answer =
          proxy.ask(
              request(
                  "GET",
                  "allowed.test:" + server.port(),
                  "Authorization: Basic " + basic + "\r\n",
                  ""));
      String given = server.seen.getFirst().header("authorization").substring(6);
      assertThat(new String(Base64.getDecoder().decode(given), StandardCharsets.UTF_8))
          .isEqualTo("me:" + VALUE);
      assertThat(answer).contains(basic).doesNotContain(given);
    }
  }

  @Test
  void bodiesGetItOnlyWhereTheSecretSaysSo() throws Exception {
    String body = "{\"key\": \"" + PLACEHOLDER + "\"}";
    try (TestingServer server = TestingServer.answering(seen -> TestingServer.ok("x"))) {
      String host = "allowed.test:" + server.port();
      String whole = request("POST", host, "Content-Length: " + body.length() + "\r\n", body);
      String cut =
          request(
              "POST",
              host,
              "Transfer-Encoding: chunked\r\n",
              "c\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n"
                  .formatted(body.substring(0, 12), body.length() - 12, body.substring(12)));
      try (TestingProxy proxy = proxy(policy(secret(EnumSet.of(Place.BODY), "allowed.test")))) {
        assertThat(proxy.ask(whole)).contains(" 200 ");
        assertThat(proxy.ask(cut)).contains(" 200 ");
        assertThat(proxy.ask(request("GET", host, "A: " + PLACEHOLDER + "\r\n", "")))
            .contains(" 200 ");
      }
      try (TestingProxy proxy = proxy(policy(secret(EnumSet.of(Place.HEADER), "allowed.test")))) {
        assertThat(proxy.ask(whole)).contains(" 200 ");
      }
      String wanted = latin("{\"key\": \"" + VALUE + "\"}");
      assertThat(server.seen)
          .extracting(TestingServer.Seen::body)
          .containsExactly(wanted, wanted, "", body);
      assertThat(server.seen.get(2).header("a")).isEqualTo(PLACEHOLDER);
    }
  }

  @Test
  void otherHostsGetThePlaceholder() throws Exception {
    try (TestingServer server =
            TestingServer.answering(
                seen ->
                    seen.start().startsWith("GET /there ")
                        ? TestingServer.ok(seen.header("x-key"))
                        : "HTTP/1.1 302 Found\r\nLocation: http://other.test/there?k="
                            + seen.header("x-key")
                            + "\r\nContent-Length: 0\r\n\r\n");
        TestingProxy proxy = proxy(policy(secret(EnumSet.allOf(Place.class), "allowed.test")))) {
      String redirect =
          proxy.ask(
              request(
                  "GET", "allowed.test:" + server.port(), "X-Key: " + PLACEHOLDER + "\r\n", ""));
      assertThat(redirect).contains("Location: http://other.test/there?k=" + PLACEHOLDER);
      String other = "other.test:" + server.port();
      String answer =
          proxy.ask(
              "GET http://"
                  + other
                  + "/there HTTP/1.1\r\nHost: "
                  + other
                  + "\r\nX-Key: "
                  + PLACEHOLDER
                  + "\r\n\r\n");
      assertThat(answer).endsWith(PLACEHOLDER);
      assertThat(server.seen.get(1).header("x-key")).isEqualTo(PLACEHOLDER);
    }
  }

  @Test
  void anEchoIsFoundInPiecesPackedAndWrittenOtherwise() throws Exception {
    String url = URLEncoder.encode(VALUE, StandardCharsets.UTF_8);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(VALUE.getBytes(StandardCharsets.UTF_8));
    }
    String gzip = packed.toString(StandardCharsets.ISO_8859_1);
    List<String> answers =
        List.of(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ns3cr3t\r\nc\r\n%s\r\n0\r\n\r\n"
                .formatted(latin(VALUE).substring(6)),
            TestingServer.ok(url),
            TestingServer.ok(latin(VALUE.replace("\"", "\\\""))),
            TestingServer.ok(
                Base64.getEncoder().encodeToString(VALUE.getBytes(StandardCharsets.UTF_8))),
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(gzip.length(), gzip));
    for (String form : answers) {
      try (TestingServer server = TestingServer.answering(seen -> form);
          TestingProxy proxy = proxy(policy(secret(EnumSet.of(Place.HEADER), "allowed.test")))) {
        assertThat(proxy.get("http://allowed.test:" + server.port() + "/"))
            .contains(PLACEHOLDER)
            .doesNotContain("s3cr3t")
            .doesNotContain("gzip");
      }
    }
  }

  @Test
  void anAnswerThatCannotBeReadIsRefused() throws Exception {
    try (TestingServer server =
            TestingServer.answering(
                seen -> "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx");
        TestingProxy proxy = proxy(policy(secret(EnumSet.of(Place.HEADER), "allowed.test")))) {
      assertThat(proxy.get("http://allowed.test:" + server.port() + "/"))
          .startsWith("HTTP/1.1 403 ")
          .contains("x-paddock-denied: secret");
    }
  }

  @Test
  void aLargeBodyWithALengthIsRefusedWhereASecretMayStandInIt() throws Exception {
    try (TestingServer server = TestingServer.answering("x");
        TestingProxy proxy = proxy(policy(secret(EnumSet.of(Place.BODY), "allowed.test")))) {
      String host = "allowed.test:" + server.port();
      assertThat(proxy.ask(request("POST", host, "Content-Length: 99999999\r\n", "")))
          .startsWith("HTTP/1.1 413 ");
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void replacementsAreTheSameHoweverBytesArrive() throws Exception {
    Random random = new Random(7);
    Replacements replacements =
        new Replacements(Map.of("abab", "1", "aba", "22", "bb", "", "cab", "xyz"));
    for (int round = 0; round < 3000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        text.append((char) ('a' + random.nextInt(3)));
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
      byte[] whole = replacements.in(bytes);
      InputStream pieces =
          new InputStream() {
            private final ByteArrayInputStream in = new ByteArrayInputStream(bytes);

            @Override
            public int read() {
              return in.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) {
              return in.read(target, offset, Math.min(length, 1 + random.nextInt(3)));
            }
          };
      assertThat(new ReplacingInput(pieces, replacements).readAllBytes())
          .as(text.toString())
          .isEqualTo(whole);
    }
  }

  @Test
  void onlyWhatMayBecomeASecretIsHeldBack() {
    Replacements replacements = new Replacements(Map.of("secret", "x"));
    byte[] window = "data: event\n\nse".getBytes(StandardCharsets.US_ASCII);
    Replacements.Growing out = new Replacements.Growing(0);
    assertThat(replacements.apply(window, window.length, false, out)).isEqualTo(window.length - 2);
    assertThat(out.length).isEqualTo(window.length - 2);
  }

  @Test
  void aSecretTellsNobody() {
    assertThat(secret(EnumSet.of(Place.HEADER), "allowed.test").toString()).isEqualTo(PLACEHOLDER);
    assertThat(policy(secret(EnumSet.of(Place.HEADER), "allowed.test")).toString())
        .doesNotContain("s3cr3t");
    for (String value : List.of("abc", "a\r\nb: c", "x" + PLACEHOLDER)) {
      assertThatThrownBy(
              () -> new EgressSecret(PLACEHOLDER, value, List.of(), EnumSet.of(Place.HEADER)))
          .isInstanceOf(EgressException.class)
          .hasMessageNotContaining("b: c");
    }
    assertThatThrownBy(() -> new EgressSecret("short", VALUE, List.of(), EnumSet.of(Place.HEADER)))
        .isInstanceOf(EgressException.class);
    assertThatThrownBy(() -> new EgressSecret(PLACEHOLDER, VALUE, List.of(), Set.of()))
        .isInstanceOf(EgressException.class);
  }
}
