using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Text;

namespace PulseRun.Client.Http;

/// <summary>Adds the key to requests to the connection's own address, and removes it afterwards, so that neither the response nor an exception refers to it.</summary>
internal sealed class AuthHandler(Uri address, SecureString key, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!Origins.AreSame(request.RequestUri, address))
            return await base.SendAsync(request, cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SecretText.Use(key, static plain => new string(plain)));
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.Headers.Authorization = null;
        }
    }
}
