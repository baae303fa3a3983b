BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Stop-PREmulator' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'closes the one it is given, and no other' {
        $one = Start-PREmulator
        $two = Start-PREmulator
        $one | Stop-PREmulator | Should -BeNullOrEmpty
        { [System.Net.Sockets.TcpClient]::new('127.0.0.1', $one.Port) } | Should -Throw
        $client = [System.Net.Sockets.TcpClient]::new('127.0.0.1', $two.Port)
        $client.Connected | Should -BeTrue
        $client.Dispose()
    }

    It 'closes all of them when none is named' {
        $ports = (Start-PREmulator).Port, (Start-PREmulator).Port
        Stop-PREmulator
        foreach ($port in $ports) { { [System.Net.Sockets.TcpClient]::new('127.0.0.1', $port) } | Should -Throw }
    }

    It 'may be repeated' {
        $emulator = Start-PREmulator
        Stop-PREmulator $emulator
        (Get-Outcome { Stop-PREmulator $emulator; Stop-PREmulator }).All | Should -BeNullOrEmpty
    }

    It 'closes none when a variable is empty' {
        $emulator = Start-PREmulator
        $null = Get-Outcome { Stop-PREmulator -InputObject $null }
        $null = Get-Outcome { $null | Stop-PREmulator }
        $null = Get-Outcome { Stop-PREmulator -InputObject @() }
        $client = [System.Net.Sockets.TcpClient]::new('127.0.0.1', $emulator.Port)
        $client.Connected | Should -BeTrue
        $client.Dispose()
    }
}
