BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'A process with proxy variables' {
    BeforeAll {
        # A proxy that records all bytes that any client sends, and answers 502.
        . $PSScriptRoot/Types.ps1
        Add-TestType RecordingProxy -Definition @'
            using System;
            using System.Net;
            using System.Net.Sockets;
            using System.Text;
            using System.Threading.Tasks;
            public sealed class RecordingProxy : IDisposable
            {
                private readonly TcpListener _listener = new TcpListener(IPAddress.Loopback, 0);
                private readonly StringBuilder _text = new StringBuilder();
                private int _connections;
                public RecordingProxy() { _listener.Start(); Accept(); }
                public int Port { get { return ((IPEndPoint)_listener.LocalEndpoint).Port; } }
                public int Connections { get { return _connections; } }
                public string Text { get { lock (_text) return _text.ToString(); } }
                public void Dispose() { _listener.Stop(); }
                private async void Accept()
                {
                    try
                    {
                        while (true)
                        {
                            var client = await _listener.AcceptTcpClientAsync().ConfigureAwait(false);
                            System.Threading.Interlocked.Increment(ref _connections);
                            _ = Task.Run(() => Serve(client));
                        }
                    }
                    catch (Exception) { }
                }
                private void Serve(TcpClient client)
                {
                    using (client)
                    {
                        var buffer = new byte[65536];
                        client.ReceiveTimeout = 2000;
                        try
                        {
                            int count = client.GetStream().Read(buffer, 0, buffer.Length);
                            lock (_text) _text.Append(Encoding.UTF8.GetString(buffer, 0, count)).Append('\n');
                            var answer = Encoding.ASCII.GetBytes("HTTP/1.1 502 Proxy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                            client.GetStream().Write(answer, 0, answer.Length);
                        }
                        catch (Exception) { }
                    }
                }
            }
'@
    }

    BeforeEach {
        $proxy = [RecordingProxy]::new()
        $address = "http://127.0.0.1:$($proxy.Port)"
        # The names of variables are case-sensitive here, and the framework reads some in both spellings.
        $variables = [hashtable]::new([StringComparer]::Ordinal)
        foreach ($name in 'http_proxy', 'https_proxy', 'all_proxy') { $variables[$name] = $variables[$name.ToUpperInvariant()] = $address }
        $variables['no_proxy'] = $variables['NO_PROXY'] = $null
    }
    AfterEach { $proxy.Dispose(); Stop-PREmulator; Disconnect-PulseRun }

    It 'sends nothing for a loopback address to the proxy, and the emulator works' {
        $emulator = Start-TestEmulator
        $key = $emulator.ApiKey
        $connection = Get-ConnectionVariables $emulator
        foreach ($name in $connection.Keys) { $variables[$name] = $connection[$name] }
        $child = Invoke-Child @"
            `$list = @(Get-PRInstance)
            "listed `$(`$list.Count)"
            "stopped `$((Get-PRInstance -Status running | Select-Object -First 1 | Stop-PRInstance -Confirm:`$false).Status)"
            "metrics `$([bool] (Get-PRInstance -Status running | Select-Object -First 1 | Get-PRInstanceMetrics).Uptime)"
            "launched `$([bool] (New-PRInstance rtx_4090 pytorch -Confirm:`$false).Id)"
            foreach (`$name in 'localhost', '127.0.0.1', '[::1]') {
                try { Get-PRInstance -ErrorAction Stop -Context (Connect-PulseRun -ApiKey (ConvertTo-SecureString '$key' -AsPlainText -Force) -BaseUri "http://`${name}:1/" -PassThru) } catch { "refused `$((`$_.FullyQualifiedErrorId -split ',')[0])" }
            }
            # The control: the variables are in effect for other addresses.
            try { `$null = [System.Net.Http.HttpClient]::new().GetStringAsync('http://control.invalid/').Result } catch { }
"@ $variables
        $child.Lines | Should -Be 'listed 6', 'stopped stopped', 'metrics True', 'launched True', 'refused ConnectionFailed', 'refused ConnectionFailed', 'refused ConnectionFailed' -Because $child.Errors
        $proxy.Text | Should -BeLike '*control.invalid*'
        $proxy.Connections | Should -Be 1
        $proxy.Text | Should -Not -BeLike "*$key*"
        $proxy.Text | Should -Not -BeLike '*/v1/*'
    }

    It 'shows the proxy no key of a connection over https' {
        $key = 'pr_live_CANARYproxy0123456789'
        $variables.PULSERUN_API_KEY = $key
        $variables.PULSERUN_BASE_URI = 'https://api.invalid/'
        $variables.PULSERUN_DATA_DIR = "$TestDrive/data"
        $child = Invoke-Child 'try { Get-PRInstance -ErrorAction Stop } catch { ($_.FullyQualifiedErrorId -split ",")[0] }' $variables
        $child.Lines | Should -Be 'ConnectionFailed' -Because $child.Errors
        # Only CONNECT, which names the host.
        $proxy.Text | Should -BeLike '*CONNECT api.invalid:443*'
        $proxy.Text | Should -Not -BeLike "*$key*"
        $proxy.Text | Should -Not -BeLike '*Bearer*'
        $child.Output + $child.Errors | Should -Not -BeLike "*$key*"
    }
}
