import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.util.Store;

/**
 * What Bouncy Castle says of an SM2 hierarchy: certificates, CRLs, OCSP responses and timestamp tokens, all of them read and
 * verified by its own classes for them, with the identifier 1234567812345678, its default. "ok WHAT" or "FAILED WHAT: why".
 *
 * <p>Judge chain ISSUER CERTIFICATE... | crl ISSUER CRL | ocsp ISSUER RESPONSE | token ISSUER QUERY REPLY; files are DER.
 */
public final class Judge {
    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    private static boolean failed;

    private interface Check {
        boolean holds() throws Exception;
    }

    private static void report(String what, Check check) {
        try {
            if (check.holds()) {
                System.out.println("ok " + what);
                return;
            }
            System.out.println("FAILED " + what + ": the signature does not verify");
        } catch (Exception error) {
            System.out.println("FAILED " + what + ": " + error);
        }
        failed = true;
    }

    private static byte[] read(String name) throws Exception {
        return Files.readAllBytes(Path.of(name));
    }

    private static X509CertificateHolder certificate(String name) throws Exception {
        return new X509CertificateHolder(read(name));
    }

    private static ContentVerifierProvider by(X509CertificateHolder issuer) throws Exception {
        return new JcaContentVerifierProviderBuilder().setProvider(PROVIDER).build(issuer);
    }

    private static void token(X509CertificateHolder issuer, byte[] query, byte[] reply) throws Exception {
        TimeStampResponse response = new TimeStampResponse(reply);
        report("reply to the query", () -> {
            response.validate(new TimeStampRequest(query));
            return true;
        });
        TimeStampToken token = response.getTimeStampToken();
        Store<X509CertificateHolder> certificates = token.getCertificates();
        Collection<X509CertificateHolder> found = certificates.getMatches(token.getSID());
        X509CertificateHolder unit = found.iterator().next();
        report("unit", () -> unit.isSignatureValid(by(issuer)));
        report("token, with its ESSCertIDv2 and the unit's purpose", () -> {
            token.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider(PROVIDER).build(
                    new JcaX509CertificateConverter().setProvider(PROVIDER).getCertificate(unit)));
            return true;
        });
    }

    public static void main(String[] arguments) throws Exception {
        X509CertificateHolder issuer = certificate(arguments[1]);
        switch (arguments[0]) {
            case "chain" -> {
                for (int i = 2; i < arguments.length; ++i) {
                    X509CertificateHolder one = certificate(arguments[i]);
                    report(Path.of(arguments[i]).getFileName().toString(), () -> one.isSignatureValid(by(issuer)));
                }
            }
            case "crl" -> report("CRL", () -> new X509CRLHolder(read(arguments[2])).isSignatureValid(by(issuer)));
            case "ocsp" -> {
                BasicOCSPResp response = (BasicOCSPResp) new OCSPResp(read(arguments[2])).getResponseObject();
                X509CertificateHolder responder = response.getCerts()[0];
                report("OCSP responder", () -> responder.isSignatureValid(by(issuer)));
                report("OCSP response", () -> response.isSignatureValid(by(responder)));
            }
            case "token" -> token(issuer, read(arguments[2]), read(arguments[3]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.exit(failed ? 1 : 0);
    }
}
