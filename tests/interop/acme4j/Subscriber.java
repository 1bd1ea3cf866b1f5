// A subscriber built on org.shredzone.acme4j: acme4j-client does all of ACME. The challenge of RFC 8823 is a plain token to it;
// its answer (acme4j-smime, where that can be had) is Mailbox.java here. What came of every step is a
// line "ok STEP" or "FAILED STEP: why".

import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.shredzone.acme4j.Account;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Certificate;
import org.shredzone.acme4j.Identifier;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.OrderBuilder;
import org.shredzone.acme4j.RevocationReason;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.TokenChallenge;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.toolbox.AcmeUtils;
import org.shredzone.acme4j.toolbox.JoseUtils;
import org.shredzone.acme4j.util.KeyPairUtils;

public class Subscriber {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private interface Step {
        void go() throws Exception;
    }

    private final Session session;
    private final String address, keyId, mac;
    private final Mailbox mailbox;
    private KeyPair accountKey = KeyPairUtils.createECKeyPair("secp256r1");
    private final KeyPair certificateKey = KeyPairUtils.createECKeyPair("secp256r1");
    private Login login;
    private Account account;
    private Certificate certificate, renewed;

    private Subscriber(String[] arguments) {
        session = new Session(arguments[0]);
        address = arguments[1];
        mailbox = new Mailbox(address, Path.of(arguments[2]), arguments[3]);
        keyId = arguments[4];
        mac = arguments[5];
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** The ACME error that a step ends with; anything else, success too, goes on as an exception. */
    private static String refusal(Step step) throws Exception {
        try {
            step.go();
        } catch (AcmeServerException refused) {
            String type = refused.getType().toString();
            return type.substring(type.lastIndexOf(':') + 1);
        }
        throw new IllegalStateException("it was not refused");
    }

    private AccountBuilder newAccount() {
        return new AccountBuilder().addEmail(address).agreeToTermsOfService().useKeyPair(accountKey);
    }

    private void register() throws Exception {
        expect(session.getMetadata().isExternalAccountRequired(), "the directory asks for no external account");
        String without = refusal(() -> newAccount().create(session));
        expect(without.equals("externalAccountRequired"), "without a binding: " + without);
        login = newAccount().withKeyIdentifier(keyId, mac).createLogin(session);
        account = login.getAccount();
        expect(account.getStatus() == Status.VALID, "the account is " + account.getStatus());
    }

    private void changeContact() throws Exception {
        URI other = URI.create("mailto:other@example.org");
        Account.EditableAccount edited = account.modify();
        edited.getContacts().clear();
        edited.addContact(other).commit();
        account.fetch();
        expect(account.getContacts().equals(List.of(other)), "the contacts are " + account.getContacts());
    }

    private void changeKey() throws Exception {
        KeyPair old = accountKey;
        accountKey = KeyPairUtils.createKeyPair(2048);
        account.changeKey(accountKey);
        account.fetch();
        Login found = new AccountBuilder().onlyExisting().useKeyPair(accountKey).createLogin(session);
        expect(found.getAccountLocation().equals(login.getAccountLocation()), "the new key is another account's");
        String stranger = refusal(() -> new AccountBuilder().onlyExisting().useKeyPair(old).create(session));
        expect(stranger.equals("accountDoesNotExist"), "the old key: " + stranger);
    }

    private OrderBuilder newOrder() {
        return account.newOrder().identifier(new Identifier("email", address)).profile("smime-sign");
    }

    private void giveUp() throws Exception {
        Order order = newOrder().create();
        Authorization authorization = order.getAuthorizations().get(0);
        authorization.fetch(); // which sends the challenge mail
        mailbox.waitForChallenge();
        authorization.deactivate();
        expect(authorization.getStatus() == Status.DEACTIVATED, "the authorization is " + authorization.getStatus());
        order.fetch();
        expect(order.getStatus() == Status.INVALID, "the order is " + order.getStatus());
    }

    private void prove(Authorization authorization) throws Exception {
        Challenge challenge = authorization.findChallenge("email-reply-00").orElseThrow();
        Mailbox.Letter letter = mailbox.waitForChallenge();
        String joined = letter.token() + ((TokenChallenge) challenge).getJSON().get("token").asString();
        String keyAuthorization = joined + "." + AcmeUtils.base64UrlEncode(
            JoseUtils.thumbprint(accountKey.getPublic()));
        mailbox.answer(letter, AcmeUtils.base64UrlEncode(AcmeUtils.sha256hash(keyAuthorization)));
        challenge.trigger();
        Status ended = authorization.waitForCompletion(PATIENCE);
        expect(ended == Status.VALID, "the authorization is " + ended);
    }

    private byte[] request() throws Exception {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.subjectAlternativeName, false,
            new GeneralNames(new GeneralName(GeneralName.rfc822Name, address)));
        return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + address), certificateKey.getPublic())
            .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(certificateKey.getPrivate()))
            .getEncoded();
    }

    private Certificate finish(Order order) throws Exception {
        prove(order.getAuthorizations().get(0));
        expect(order.waitUntilReady(PATIENCE) == Status.READY, "the order is " + order.getStatus());
        order.execute(request());
        expect(order.waitForCompletion(PATIENCE) == Status.VALID, "the order is " + order.getStatus());
        return order.getCertificate();
    }

    private void obtain() throws Exception {
        Order order = newOrder().create();
        expect(order.getProfile().equals("smime-sign"), "its profile is " + order.getProfile());
        certificate = finish(order);
        X509Certificate leaf = certificate.getCertificate();
        expect(leaf.getSubjectAlternativeNames().stream().allMatch(name -> name.get(0).equals(1) && name.get(1).equals(address)),
            "it is for " + leaf.getSubjectAlternativeNames());
        expect(certificate.getCertificateChain().size() > 1, "its issuer is missing");
        leaf.verify(certificate.getCertificateChain().get(1).getPublicKey());
    }

    private void listOrders() {
        int count = 0;
        for (var orders = account.getOrders(); orders.hasNext(); count++) {
            expect(orders.next().getIdentifiers().get(0).getValue().equals(address), "an order is for somebody else");
        }
        expect(count > 0, "the list of orders is empty");
    }

    private void askWhenToRenew() {
        expect(certificate.hasRenewalInfo(), "there is no renewal information");
        expect(certificate.getRenewalInfo().renewalIsNotRequired(Instant.now()), "a new certificate is to be renewed");
    }

    private void replace() throws Exception {
        renewed = finish(newOrder().replaces(certificate).create());
        BigInteger first = certificate.getCertificate().getSerialNumber();
        expect(!renewed.getCertificate().getSerialNumber().equals(first), "it is the same certificate");
        String again = refusal(() -> newOrder().replaces(certificate).create());
        expect(again.equals("alreadyReplaced"), "once more: " + again);
    }

    private void revokeByAccount() throws Exception {
        certificate.revoke(RevocationReason.SUPERSEDED);
        String again = refusal(() -> certificate.revoke());
        expect(again.equals("alreadyRevoked"), "once more: " + again);
    }

    private void revokeByKey() throws Exception {
        Certificate.revoke(session, certificateKey, renewed.getCertificate(), RevocationReason.KEY_COMPROMISE);
        Certificate seenAnew = login.bindCertificate(renewed.getLocation());
        expect(seenAnew.getRenewalInfo().renewalIsOverdue(Instant.now()), "it is not overdue");
    }

    private void deactivate() throws Exception {
        account.deactivate();
        String later = refusal(() -> account.newOrder().identifier(new Identifier("email", address)).create());
        expect(later.equals("unauthorized"), "an order later: " + later);
    }

    private void walk() {
        step("an account, bound to an external one", this::register);
        step("its contact changed", this::changeContact);
        step("its key changed", this::changeKey);
        step("an authorization given up, and its order with it", this::giveUp);
        step("a certificate by email-reply-00", this::obtain);
        step("its orders listed", this::listOrders);
        step("its renewal window", this::askWhenToRenew);
        step("a certificate that replaces it, once", this::replace);
        step("its revocation by the account, once", this::revokeByAccount);
        step("a revocation by the certificate's key, a renewal window in the past", this::revokeByKey);
        step("the account deactivated", this::deactivate);
    }

    private static void step(String name, Step step) {
        try {
            step.go();
            System.out.println("ok " + name);
        } catch (Exception error) {
            System.out.println("FAILED " + name + ": " + error);
            System.exit(1);
        }
    }

    /** DIRECTORY ADDRESS MAILDIR SUBMISSION-SERVER EAB-KID EAB-KEY */
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider()); // KeyPairUtils asks for it by name
        new Subscriber(arguments).walk();
    }
}
