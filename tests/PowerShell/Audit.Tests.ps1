BeforeAll {
    . $PSScriptRoot/Common.ps1
    Add-Type -AssemblyName System.IO.Compression
    # A feed on a loopback port: files by path.
    . $PSScriptRoot/Types.ps1
    Add-TestType TestFeed -Definition @'
        using System;
        using System.Collections.Generic;
        using System.Net;
        using System.Net.Sockets;
        public sealed class TestFeed : IDisposable
        {
            private readonly HttpListener _listener = new HttpListener();
            public readonly Dictionary<string, byte[]> Files = new Dictionary<string, byte[]>();
            public TestFeed()
            {
                var probe = new TcpListener(IPAddress.Loopback, 0);
                probe.Start();
                Address = "http://127.0.0.1:" + ((IPEndPoint)probe.LocalEndpoint).Port + "/";
                probe.Stop();
                _listener.Prefixes.Add(Address);
                _listener.Start();
                Serve();
            }
            public string Address { get; private set; }
            public void Dispose() { _listener.Close(); }
            private async void Serve()
            {
                try
                {
                    while (true)
                    {
                        var context = await _listener.GetContextAsync().ConfigureAwait(false);
                        byte[] body;
                        if (!Files.TryGetValue(context.Request.Url.AbsolutePath, out body)) { context.Response.StatusCode = 404; body = new byte[0]; }
                        context.Response.OutputStream.Write(body, 0, body.Length);
                        context.Response.Close();
                    }
                }
                catch (Exception) { }
            }
        }
'@
}

# The settings of Directory.Build.props, tried with a feed that has vulnerability data, because the usual feed may have none.
Describe 'The restore of a project of this repository' {
    BeforeEach {
        $feed = [TestFeed]::new()
        $add = { param($path, $text) $feed.Files[$path] = [Text.Encoding]::UTF8.GetBytes($text) }
        & $add '/index.json' "{`"version`":`"3.0.0`",`"resources`":[{`"@id`":`"$($feed.Address)flat/`",`"@type`":`"PackageBaseAddress/3.0.0`"},{`"@id`":`"$($feed.Address)known.json`",`"@type`":`"VulnerabilityInfo/6.7.0`"}]}"
        & $add '/known.json' "[{`"@name`":`"base`",`"@id`":`"$($feed.Address)base.json`",`"@updated`":`"2026-01-01T00:00:00Z`",`"comment`":`"`"}]"
        & $add '/flat/leaf/index.json' '{"versions":["1.0.0"]}'
        & $add '/flat/middle/index.json' '{"versions":["1.0.0"]}'
        $pack = {
            param($id, $dependencies)
            $stream = [System.IO.MemoryStream]::new()
            $zip = [System.IO.Compression.ZipArchive]::new($stream, 'Create', $true)
            $writer = [System.IO.StreamWriter]::new($zip.CreateEntry("$id.nuspec").Open())
            $writer.Write("<package xmlns='http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd'><metadata><id>$id</id><version>1.0.0</version><authors>a</authors><description>d</description><dependencies>$dependencies</dependencies></metadata></package>")
            $writer.Dispose()
            $zip.CreateEntry('lib/netstandard2.0/_._').Open().Dispose()
            $zip.Dispose()
            $feed.Files["/flat/$id/1.0.0/$id.1.0.0.nupkg"] = $stream.ToArray()
        }
        & $pack leaf ''
        & $pack middle "<dependency id='leaf' version='1.0.0' />"
        $folder = New-Item -ItemType Directory "$TestDrive/$([guid]::NewGuid())"
        Set-Content "$folder/nuget.config" "<configuration><packageSources><clear /><add key='test' value='$($feed.Address)index.json' allowInsecureConnections='true' /></packageSources></configuration>"
        Copy-Item "$Root/global.json" $folder
        Set-Content "$folder/Directory.Build.props" "<Project><Import Project='$Root/Directory.Build.props' /></Project>"
        Set-Content "$folder/Test.csproj" '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>$(TestTarget)</TargetFramework></PropertyGroup><ItemGroup><PackageReference Remove="@(PackageReference)" /><PackageReference Include="middle" Version="1.0.0" /></ItemGroup></Project>'
        function Invoke-Restore([string[]] $More) {
            $env:NUGET_PACKAGES = "$folder/packages"
            Push-Location $folder
            try { [pscustomobject]@{ Text = (& dotnet restore Test.csproj @More 2>&1 | Out-String); ExitCode = $LASTEXITCODE } }
            finally { Pop-Location; $env:NUGET_PACKAGES = $packages }
        }
        $packages = $env:NUGET_PACKAGES
    }
    AfterEach { $feed.Dispose() }

    It 'succeeds, and writes the lock file with the hash of each package, when nothing is known against them' {
        & $add '/base.json' '{}'
        $restore = Invoke-Restore
        $restore.ExitCode | Should -Be 0 -Because $restore.Text
        $lock = Get-Content -Raw "$folder/packages.lock.json" | ConvertFrom-Json -AsHashtable
        $locked = @($lock.dependencies.Values)[0]
        $locked.middle.contentHash, $locked.leaf.contentHash | Should -Not -BeNullOrEmpty
        # In locked mode, as in CI, a package that differs from its hash ends the restore.
        (Invoke-Restore '--locked-mode').ExitCode | Should -Be 0
        (Get-Content -Raw "$folder/packages.lock.json").Replace($locked.leaf.contentHash, [Convert]::ToBase64String([byte[]]::new(64))) | Set-Content "$folder/packages.lock.json"
        Remove-Item -Recurse -Force "$folder/packages", "$folder/obj"
        $changed = Invoke-Restore '--locked-mode'
        $changed.ExitCode | Should -Not -Be 0
        $changed.Text | Should -Match 'NU1403'
    }

    It 'fails with a vulnerability of the lowest and of the highest severity in a package of a package' {
        & $add '/base.json' (@{ leaf = @(0, 3 | ForEach-Object { @{ url = "https://advisories.invalid/$_"; severity = $_; versions = '(, 2.0.0)' } }) } | ConvertTo-Json -Depth 5)
        $restore = Invoke-Restore
        $restore.ExitCode | Should -Not -Be 0 -Because $restore.Text
        # Each of them is an error by itself.
        foreach ($severity in 0, 3) { $restore.Text | Should -Match "error NU190$($severity + 1).*https://advisories\.invalid/$severity" }
    }
}
