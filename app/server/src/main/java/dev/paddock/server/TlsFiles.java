package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a certificate chain and its key from PEM files (RFC 7468). */
final class TlsFiles {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]+)-----END \\1-----");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private TlsFiles() {}

  /** A key store with one entry and an empty password. */
  static KeyStore read(ServerSettings.Tls files) {
    try {
      Certificate[] chain = chain(files.certificate());
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, new char[0]);
      store.setKeyEntry("server", key(files.key()), new char[0], chain);
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw wrong(
          "cannot use %s and %s for TLS: %s".formatted(files.certificate(), files.key(), e));
    }
  }

  private static Certificate[] chain(Path file) throws IOException, GeneralSecurityException {
    byte[] pem = Files.readAllBytes(file);
    Certificate[] chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))
            .toArray(Certificate[]::new);
    if (chain.length == 0) {
      throw wrong(file + " holds no certificate");
    }
    return chain;
  }

  static PrivateKey key(Path file) throws IOException {
    Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!pem.find()) {
      throw wrong(file + " holds no private key in PEM form");
    }
    if (!pem.group(1).equals("PRIVATE KEY")) {
      throw wrong(
          "%s holds a key of the form \"%s\"; convert it: openssl pkcs8 -topk8 -nocrypt -in %s -out key.pem"
              .formatted(file, pem.group(1), file));
    }
    byte[] encoded = Base64.getMimeDecoder().decode(pem.group(2));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (GeneralSecurityException e) {
        // Not this kind of key; the next kind is tried.
      }
    }
    throw wrong(file + " holds a key that is none of " + ALGORITHMS);
  }

  private static ServerException wrong(String why) {
    return new ServerException(ErrorCode.INVALID_REQUEST, why);
  }
}
