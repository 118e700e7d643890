package dev.paddock.egress;

import dev.paddock.core.ErrorCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that servers are checked against: the system's and Java's, so that an authority
 * that an operator installs in either counts.
 */
record TrustedRoots(Set<X509Certificate> certificates) {
  private static final List<Path> BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  TrustedRoots {
    certificates = new LinkedHashSet<>(certificates);
  }

  static TrustedRoots ofThisMachine() {
    try {
      Set<X509Certificate> roots = new LinkedHashSet<>();
      for (Path bundle : BUNDLES) {
        if (Files.isReadable(bundle)) {
          roots.addAll(read(bundle));
          break;
        }
      }
      TrustManagerFactory java = managers(null);
      for (TrustManager manager : java.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          roots.addAll(Arrays.asList(x509.getAcceptedIssuers()));
        }
      }
      return new TrustedRoots(roots);
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  static List<X509Certificate> read(Path pem) throws GeneralSecurityException, IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(pem))) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      all.forEach(each -> certificates.add((X509Certificate) each));
    }
    return certificates;
  }

  TrustedRoots and(X509Certificate certificate) {
    Set<X509Certificate> more = new LinkedHashSet<>(certificates);
    more.add(certificate);
    return new TrustedRoots(more);
  }

  /** What checks servers against these. */
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(keyStore()).getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  /** A PKCS #12 file without a password, as Java programs read it. */
  void writeKeyStore(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      keyStore().store(out, null);
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  byte[] pem() {
    StringBuilder text = new StringBuilder();
    certificates.forEach(certificate -> text.append(pem(certificate)));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static String pem(X509Certificate certificate) {
    try {
      String body =
          Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
      return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private KeyStore keyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int number = 0;
    for (X509Certificate certificate : certificates) {
      store.setCertificateEntry("root-" + number++, certificate);
    }
    return store;
  }

  private static TrustManagerFactory managers(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static EgressException failed(Exception e) {
    return new EgressException(
        ErrorCode.UNAVAILABLE,
        "the certificates of this machine cannot be read or written: " + e.getMessage(),
        e);
  }
}
