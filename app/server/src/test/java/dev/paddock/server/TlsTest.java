package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  @TempDir Path folder;

  @Test
  void bothVersionsOfHttpAreSpokenOverTls() throws Exception {
    KeyStore made = keyStore();
    Path certificate = pem("cert.pem", "CERTIFICATE", made.getCertificate("server").getEncoded());
    Path key =
        pem("key.pem", "PRIVATE KEY", made.getKey("server", "changeit".toCharArray()).getEncoded());
    Optional<ServerSettings.Tls> tls = Optional.of(new ServerSettings.Tls(certificate, key));
    try (TestingServer server = new TestingServer(folder, Timeouts.DEFAULT, tls);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(made)).build()) {
      URI healthz = URI.create("https://localhost:" + server.http.address().getPort() + "/healthz");
      assertThat(server.http.address().getScheme()).isEqualTo("https");
      for (HttpClient.Version version : HttpClient.Version.values()) {
        if (version.name().startsWith("HTTP_1") || version == HttpClient.Version.HTTP_2) {
          HttpResponse<String> answer =
              client.send(
                  HttpRequest.newBuilder(healthz).version(version).build(),
                  HttpResponse.BodyHandlers.ofString());
          assertThat(answer.statusCode()).isEqualTo(200);
          assertThat(answer.version()).isEqualTo(version);
        }
      }
    }
  }

  @Test
  void wrongFilesAreSaid() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty"), "");
    Path old =
        Files.writeString(
            folder.resolve("old"),
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    assertThatThrownBy(() -> TlsFiles.read(new ServerSettings.Tls(empty, empty)))
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> TlsFiles.read(new ServerSettings.Tls(folder.resolve("absent"), empty)))
        .hasMessageContaining("absent");
    assertThatThrownBy(() -> TlsFiles.key(old)).hasMessageContaining("openssl pkcs8");
    assertThatThrownBy(() -> TlsFiles.key(empty)).hasMessageContaining("no private key");
  }

  private KeyStore keyStore() throws Exception {
    Path file = folder.resolve("made.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=DNS:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    return KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
  }

  private Path pem(String name, String label, byte[] bytes) throws IOException {
    String text =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes);
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label));
  }

  private static SSLContext trusting(KeyStore made) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, new char[0]);
    trusted.setCertificateEntry("server", made.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
