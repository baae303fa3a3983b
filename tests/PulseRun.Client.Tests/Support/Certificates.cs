#if NET
using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PulseRun.Client.Tests.Support;

/// <summary>Makes certificates for servers of tests.</summary>
internal static class Certificates
{
    /// <summary>Returns a certificate that is not trusted, with its private key.</summary>
    public static X509Certificate2 SelfSigned(string name, bool isExpired = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(isExpired ? -1 : 10));
        // The key of a certificate that was only made in memory cannot be used by a server on every platform.
        byte[] exported = made.Export(X509ContentType.Pfx);
#if NET9_0_OR_GREATER
        return X509CertificateLoader.LoadPkcs12(exported, null);
#else
        return new X509Certificate2(exported);
#endif
    }
}
#endif
